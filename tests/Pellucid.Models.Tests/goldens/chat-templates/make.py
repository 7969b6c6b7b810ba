"""Reference renderings of chat templates by Python's jinja2, set up as Hugging Face's transformers sets it up.

python3 make.py writes cases.json: each case has a template, the messages and options, and what jinja2 made of them: a text, or "error": true.
The templates are our own, written in the shapes in which the templates of well-known chat models are written. jinja2 3.1.6, Python 3.11.
"""
import json
from datetime import datetime

import jinja2
import jinja2.ext
import jinja2.sandbox
from jinja2 import nodes

NOW = datetime(2026, 3, 5, 7, 8, 9)


class Generation(jinja2.ext.Extension):
    tags = {"generation"}

    def parse(self, parser):
        line = next(parser.stream).lineno
        body = parser.parse_statements(["name:endgeneration"], drop_needle=True)
        return nodes.CallBlock(self.call_method("_same"), [], [], body).set_lineno(line)

    def _same(self, caller):
        return caller()


def render(case):
    def raise_exception(message):
        raise jinja2.exceptions.TemplateError(message)

    def tojson(x, ensure_ascii=False, indent=None, separators=None, sort_keys=False):
        return json.dumps(x, ensure_ascii=ensure_ascii, indent=indent, separators=separators, sort_keys=sort_keys)

    env = jinja2.sandbox.ImmutableSandboxedEnvironment(trim_blocks=True, lstrip_blocks=True, extensions=[Generation, "jinja2.ext.loopcontrols"])
    env.filters["tojson"] = tojson
    env.globals["raise_exception"] = raise_exception
    env.globals["strftime_now"] = lambda format: NOW.strftime(format)
    values = dict(messages=case["messages"], tools=case.get("tools"), documents=None, add_generation_prompt=case.get("add_generation_prompt", True))
    for name in ("bos", "eos"):
        if name in case:
            values[name + "_token"] = case[name]
    values.update(case.get("variables", {}))
    return env.from_string(case["template"]).render(**values)


LLAMA2 = """{% if messages[0]['role'] == 'system' %}{% set turns = messages[1:] %}{% set system = messages[0]['content'] %}{% else %}{% set turns = messages %}{% set system = false %}{% endif %}{% for turn in turns %}{% if (turn['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('Roles must take turns: user, assistant, user, ...') }}{% endif %}{% if loop.index0 == 0 and system != false %}{% set content = '<<SYS>>\\n' + system + '\\n<</SYS>>\\n\\n' + turn['content'] %}{% else %}{% set content = turn['content'] %}{% endif %}{% if turn['role'] == 'user' %}{{ bos_token + '[INST] ' + content.strip() + ' [/INST]' }}{% elif turn['role'] == 'assistant' %}{{ ' ' + content.strip() + ' ' + eos_token }}{% endif %}{% endfor %}"""

LLAMA3 = """{{- bos_token }}
{%- if not date_string is defined %}
    {%- if strftime_now is defined %}
        {%- set date_string = strftime_now("%d %b %Y") %}
    {%- else %}
        {%- set date_string = "26 Jul 2024" %}
    {%- endif %}
{%- endif %}
{%- if not tools is defined %}
    {%- set tools = none %}
{%- endif %}

{#- The first message may be the system's. #}
{%- if messages[0]['role'] == 'system' %}
    {%- set system_message = messages[0]['content']|trim %}
    {%- set messages = messages[1:] %}
{%- else %}
    {%- set system_message = "" %}
{%- endif %}
{{- "<|start_header_id|>system<|end_header_id|>\\n\\n" }}
{%- if tools is not none %}
    {{- "Environment: ipython\\n" }}
{%- endif %}
{{- "Today Date: " + date_string + "\\n\\n" }}
{%- if tools is not none %}
    {{- "These functions can be called:\\n\\n" }}
    {%- for t in tools %}
        {{- t | tojson(indent=4) }}
        {{- "\\n\\n" }}
    {%- endfor %}
{%- endif %}
{{- system_message }}
{{- "<|eot_id|>" }}
{%- for message in messages %}
    {%- if not (message.role == 'ipython' or message.role == 'tool' or 'tool_calls' in message) %}
        {{- '<|start_header_id|>' + message['role'] + '<|end_header_id|>\\n\\n'+ message['content'] | trim + '<|eot_id|>' }}
    {%- elif 'tool_calls' in message %}
        {%- if not message.tool_calls|length == 1 %}
            {{- raise_exception("One call at a time!") }}
        {%- endif %}
        {%- set tool_call = message.tool_calls[0].function %}
        {{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' -}}
        {{- '{"name": "' + tool_call.name + '", ' }}
        {{- '"parameters": ' }}
        {{- tool_call.arguments | tojson }}
        {{- "}" }}
        {{- "<|eot_id|>" }}
    {%- elif message.role == "tool" or message.role == "ipython" %}
        {{- "<|start_header_id|>ipython<|end_header_id|>\\n\\n" }}
        {%- if message.content is mapping or message.content is iterable %}
            {{- message.content | tojson }}
        {%- else %}
            {{- message.content }}
        {%- endif %}
        {{- "<|eot_id|>" }}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|start_header_id|>assistant<|end_header_id|>\\n\\n' }}
{%- endif %}
"""

MISTRAL = """{%- if messages[0]["role"] == "system" %}
    {%- set system_message = messages[0]["content"] %}
    {%- set loop_messages = messages[1:] %}
{%- else %}
    {%- set loop_messages = messages %}
{%- endif %}
{%- if not tools is defined %}
    {%- set tools = none %}
{%- endif %}
{%- set user_messages = loop_messages | selectattr("role", "equalto", "user") | list %}
{%- set ns = namespace() %}
{%- set ns.index = 0 %}
{%- for message in loop_messages %}
    {%- if not (message.role == "tool" or (message.tool_calls is defined and message.tool_calls is not none)) %}
        {%- if (message["role"] == "user") != (ns.index % 2 == 0) %}
            {{- raise_exception("Roles alternate, after the system's.") }}
        {%- endif %}
        {%- set ns.index = ns.index + 1 %}
    {%- endif %}
{%- endfor %}
{{- bos_token }}
{%- for message in loop_messages %}
    {%- if message["role"] == "user" %}
        {%- if tools is not none and (message == user_messages[-1]) %}
            {{- "[AVAILABLE_TOOLS] [" }}
            {%- for tool in tools %}
                {%- set tool = tool.function %}
                {{- '{"type": "function", "function": {' }}
                {%- for key, val in tool.items() if key != "return" %}
                    {%- if val is string %}
                        {{- '"' + key + '": "' + val + '"' }}
                    {%- else %}
                        {{- '"' + key + '": ' + val|tojson }}
                    {%- endif %}
                    {%- if not loop.last %}
                        {{- ", " }}
                    {%- endif %}
                {%- endfor %}
                {{- "}}" }}
                {%- if not loop.last %}
                    {{- ", " }}
                {%- else %}
                    {{- "]" }}
                {%- endif %}
            {%- endfor %}
            {{- "[/AVAILABLE_TOOLS]" }}
        {%- endif %}
        {%- if loop.last and system_message is defined %}
            {{- "[INST] " + system_message + "\\n\\n" + message["content"] + "[/INST]" }}
        {%- else %}
            {{- "[INST] " + message["content"] + "[/INST]" }}
        {%- endif %}
    {%- elif message.tool_calls is defined and message.tool_calls is not none %}
        {{- "[TOOL_CALLS] [" }}
        {%- for tool_call in message.tool_calls %}
            {%- set out = tool_call.function|tojson %}
            {{- out[:-1] }}
            {%- if not tool_call.id is defined or tool_call.id|length != 9 %}
                {{- raise_exception("Ids of calls have 9 characters!") }}
            {%- endif %}
            {{- ', "id": "' + tool_call.id + '"}' }}
            {%- if not loop.last %}
                {{- ", " }}
            {%- else %}
                {{- "]" + eos_token }}
            {%- endif %}
        {%- endfor %}
    {%- elif message["role"] == "assistant" %}
        {{- " " + message["content"]|trim + eos_token}}
    {%- elif message["role"] == "tool" %}
        {%- if message.content is defined and message.content.content is defined %}
            {%- set content = message.content.content %}
        {%- else %}
            {%- set content = message.content %}
        {%- endif %}
        {{- '[TOOL_RESULTS] {"content": ' + content|string + ", " }}
        {{- '"call_id": "' + message.tool_call_id + '"}[/TOOL_RESULTS]' }}
    {%- else %}
        {{- raise_exception("Only user, assistant, tool!") }}
    {%- endif %}
{%- endfor %}
"""

GEMMA = """{{ bos_token }}{% if messages[0]['role'] == 'system' %}{{ raise_exception('No system messages') }}{% endif %}{% for message in messages %}{% if (message['role'] == 'user') != (loop.index0 % 2 == 0) %}{{ raise_exception('user and assistant take turns') }}{% endif %}{% if (message['role'] == 'assistant') %}{% set role = 'model' %}{% else %}{% set role = message['role'] %}{% endif %}{{ '<start_of_turn>' + role + '\\n' + message['content'] | trim + '<end_of_turn>\\n' }}{% endfor %}{% if add_generation_prompt %}{{'<start_of_turn>model\\n'}}{% endif %}"""

GEMMA3 = """{{ bos_token }}
{%- if messages[0]['role'] == 'system' -%}
    {%- if messages[0]['content'] is string -%}
        {%- set first_user_prefix = messages[0]['content'] + '

' -%}
    {%- else -%}
        {%- set first_user_prefix = messages[0]['content'][0]['text'] + '

' -%}
    {%- endif -%}
    {%- set loop_messages = messages[1:] -%}
{%- else -%}
    {%- set first_user_prefix = "" -%}
    {%- set loop_messages = messages -%}
{%- endif -%}
{%- for message in loop_messages -%}
    {%- if (message['role'] == 'user') != (loop.index0 % 2 == 0) -%}
        {{ raise_exception("Take turns") }}
    {%- endif -%}
    {%- if (message['role'] == 'assistant') -%}
        {%- set role = "model" -%}
    {%- else -%}
        {%- set role = message['role'] -%}
    {%- endif -%}
    {{ '<start_of_turn>' + role + '
' + (first_user_prefix if loop.first else "") }}
    {%- if message['content'] is string -%}
        {{ message['content'] | trim }}
    {%- elif message['content'] is iterable -%}
        {%- for item in message['content'] -%}
            {%- if item['type'] == 'image' -%}
                {{ '<start_of_image>' }}
            {%- elif item['type'] == 'text' -%}
                {{ item['text'] | trim }}
            {%- endif -%}
        {%- endfor -%}
    {%- else -%}
        {{ raise_exception("Content of a kind that is not known") }}
    {%- endif -%}
    {{ '<end_of_turn>
' }}
{%- endfor -%}
{%- if add_generation_prompt -%}
    {{'<start_of_turn>model
'}}
{%- endif -%}
"""

CHATML = """{% for message in messages %}{% if loop.first and messages[0]['role'] != 'system' %}{{ '<|im_start|>system\\nYou help.<|im_end|>\\n' }}{% endif %}{{'<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n'}}{% endfor %}{% if add_generation_prompt %}{{ '<|im_start|>assistant\\n' }}{% endif %}"""

QWEN2 = """{%- if tools %}
    {{- '<|im_start|>system\\n' }}
    {%- if messages[0]['role'] == 'system' %}
        {{- messages[0]['content'] }}
    {%- else %}
        {{- 'You are of help.' }}
    {%- endif %}
    {{- "\\n\\n# Tools\\n\\nFunctions, within <tools></tools>:\\n<tools>" }}
    {%- for tool in tools %}
        {{- "\\n" }}
        {{- tool | tojson }}
    {%- endfor %}
    {{- "\\n</tools>\\n\\nAnswer with <tool_call>\\n{\\"name\\": <function-name>, \\"arguments\\": <args-json-object>}\\n</tool_call><|im_end|>\\n" }}
{%- else %}
    {%- if messages[0]['role'] == 'system' %}
        {{- '<|im_start|>system\\n' + messages[0]['content'] + '<|im_end|>\\n' }}
    {%- else %}
        {{- '<|im_start|>system\\nYou are of help.<|im_end|>\\n' }}
    {%- endif %}
{%- endif %}
{%- for message in messages %}
    {%- if (message.role == "user") or (message.role == "system" and not loop.first) or (message.role == "assistant" and not message.tool_calls) %}
        {{- '<|im_start|>' + message.role + '\\n' + message.content + '<|im_end|>' + '\\n' }}
    {%- elif message.role == "assistant" %}
        {{- '<|im_start|>' + message.role }}
        {%- if message.content %}
            {{- '\\n' + message.content }}
        {%- endif %}
        {%- for tool_call in message.tool_calls %}
            {%- if tool_call.function is defined %}
                {%- set tool_call = tool_call.function %}
            {%- endif %}
            {{- '\\n<tool_call>\\n{"name": "' }}
            {{- tool_call.name }}
            {{- '", "arguments": ' }}
            {{- tool_call.arguments | tojson }}
            {{- '}\\n</tool_call>' }}
        {%- endfor %}
        {{- '<|im_end|>\\n' }}
    {%- elif message.role == "tool" %}
        {%- if (loop.index0 == 0) or (messages[loop.index0 - 1].role != "tool") %}
            {{- '<|im_start|>user' }}
        {%- endif %}
        {{- '\\n<tool_response>\\n' }}
        {{- message.content }}
        {{- '\\n</tool_response>' }}
        {%- if loop.last or (messages[loop.index0 + 1].role != "tool") %}
            {{- '<|im_end|>\\n' }}
        {%- endif %}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
{%- endif %}
"""

QWEN3 = """{%- set ns = namespace(multi_step_tool=true, last_query_index=messages|length - 1) %}
{%- for message in messages[::-1] %}
    {%- set index = (messages|length - 1) - loop.index0 %}
    {%- if ns.multi_step_tool and message.role == "user" and message.content is string and not(message.content.startswith('<tool_response>') and message.content.endswith('</tool_response>')) %}
        {%- set ns.multi_step_tool = false %}
        {%- set ns.last_query_index = index %}
    {%- endif %}
{%- endfor %}
{%- for message in messages %}
    {%- if message.content is string %}
        {%- set content = message.content %}
    {%- else %}
        {%- set content = '' %}
    {%- endif %}
    {%- if (message.role == "user") or (message.role == "system" and not loop.first) %}
        {{- '<|im_start|>' + message.role + '\\n' + content + '<|im_end|>' + '\\n' }}
    {%- elif message.role == "assistant" %}
        {%- set reasoning_content = '' %}
        {%- if message.reasoning_content is string %}
            {%- set reasoning_content = message.reasoning_content %}
        {%- else %}
            {%- if '</think>' in content %}
                {%- set reasoning_content = content.split('</think>')[0].rstrip('\\n').split('<think>')[-1].lstrip('\\n') %}
                {%- set content = content.split('</think>')[-1].lstrip('\\n') %}
            {%- endif %}
        {%- endif %}
        {%- if loop.index0 > ns.last_query_index %}
            {%- if loop.last or (not loop.last and reasoning_content) %}
                {{- '<|im_start|>' + message.role + '\\n<think>\\n' + reasoning_content.strip('\\n') + '\\n</think>\\n\\n' + content.lstrip('\\n') }}
            {%- else %}
                {{- '<|im_start|>' + message.role + '\\n' + content }}
            {%- endif %}
        {%- else %}
            {{- '<|im_start|>' + message.role + '\\n' + content }}
        {%- endif %}
        {%- if message.tool_calls %}
            {%- for tool_call in message.tool_calls %}
                {%- if (loop.first and content) or (not loop.first) %}
                    {{- '\\n' }}
                {%- endif %}
                {{- '<tool_call>\\n{"name": "' ~ (tool_call.function or tool_call).name ~ '", "arguments": ' }}
                {%- if tool_call.arguments is string %}
                    {{- tool_call.arguments }}
                {%- else %}
                    {{- (tool_call.function or tool_call).arguments | tojson }}
                {%- endif %}
                {{- '}\\n</tool_call>' }}
            {%- endfor %}
        {%- endif %}
        {{- '<|im_end|>\\n' }}
    {%- elif message.role == "tool" %}
        {%- if loop.first or (messages[loop.index0 - 1].role != "tool") %}
            {{- '<|im_start|>user' }}
        {%- endif %}
        {{- '\\n<tool_response>\\n' ~ content ~ '\\n</tool_response>' }}
        {%- if loop.last or (messages[loop.index0 + 1].role != "tool") %}
            {{- '<|im_end|>\\n' }}
        {%- endif %}
    {%- endif %}
{%- endfor %}
{%- if add_generation_prompt %}
    {{- '<|im_start|>assistant\\n' }}
    {%- if enable_thinking is defined and enable_thinking is false %}
        {{- '<think>\\n\\n</think>\\n\\n' }}
    {%- endif %}
{%- endif %}"""

PHI = """{% for message in messages %}{% if message['role'] == 'system' and message['content'] %}{{'<|system|>\\n' + message['content'] + '<|end|>\\n'}}{% elif message['role'] == 'user' %}{{'<|user|>\\n' + message['content'] + '<|end|>\\n'}}{% elif message['role'] == 'assistant' %}{% generation %}{{'<|assistant|>\\n' + message['content'] + '<|end|>\\n'}}{% endgeneration %}{% endif %}{% endfor %}{% if add_generation_prompt %}{{ '<|assistant|>\\n' }}{% else %}{{ eos_token }}{% endif %}"""

ZEPHYR = """{% for message in messages %}
{% if message['role'] == 'user' %}
{{ '<|user|>\\n' + message['content'] + eos_token }}
{% elif message['role'] == 'system' %}
{{ '<|system|>\\n' + message['content'] + eos_token }}
{% elif message['role'] == 'assistant' %}
{{ '<|assistant|>\\n'  + message['content'] + eos_token }}
{% endif %}
{% if loop.last and add_generation_prompt %}
{{ '<|assistant|>' }}
{% endif %}
{% endfor %}"""

DEEPSEEK = """{% if not add_generation_prompt is defined %}{% set add_generation_prompt = false %}{% endif %}{% set ns = namespace(is_first=false, is_tool=false, system_prompt='', is_first_sp=true) %}{%- for message in messages %}{%- if message['role'] == 'system' %}{%- if ns.is_first_sp %}{% set ns.system_prompt = ns.system_prompt + message['content'] %}{% set ns.is_first_sp = false %}{%- else %}{% set ns.system_prompt = ns.system_prompt + '\\n\\n' + message['content'] %}{%- endif %}{%- endif %}{%- endfor %}{{ bos_token }}{{ ns.system_prompt }}{%- for message in messages %}{%- if message['role'] == 'user' %}{%- set ns.is_tool = false -%}{{'<｜User｜>' + message['content']}}{%- endif %}{%- if message['role'] == 'assistant' and message['content'] is not none %}{%- if ns.is_tool %}{{'<｜tool▁outputs▁end｜>' + message['content'] + '<｜end▁of▁sentence｜>'}}{%- set ns.is_tool = false -%}{%- else %}{% set content = message['content'] %}{% if '</think>' in content %}{% set content = content.split('</think>')[-1] %}{% endif %}{{'<｜Assistant｜>' + content + '<｜end▁of▁sentence｜>'}}{%- endif %}{%- endif %}{%- if message['role'] == 'tool' %}{%- set ns.is_tool = true -%}{{'<｜tool▁outputs▁begin｜>' + message['content']}}{%- endif %}{%- endfor -%}{% if ns.is_tool %}{{'<｜tool▁outputs▁end｜>'}}{% endif %}{% if add_generation_prompt and not ns.is_tool %}{{'<｜Assistant｜><think>\\n'}}{% endif %}"""

MACROS = """{%- macro describe(name, spec, depth=0, mark='-') %}
{{ '  ' * depth }}{{ mark }} {{ name }}: {{ spec.type | default('any', true) | upper }}
{%- if spec.properties is defined %}
{%- for key, value in spec.properties | dictsort %}
{{ describe(key, value, depth + 1, mark='*') }}
{%- endfor %}
{%- endif %}
{%- endmacro %}
{%- for tool in tools or [] %}
{{- describe(tool.function.name, tool.function.parameters) }}
{%- else %}
none
{%- endfor %}
{% set text %}
  kept {{ messages | map(attribute='role') | join('/') }}
{% endset %}
[{{ text | trim }}] {% filter upper %}shout{% endfilter %}
{% raw %}{{ as it stands }}{% endraw %}
{# nothing #}
{% for i in range(1, 8, 2) if i != 3 -%}
  {{ loop.index }}:{{ i }}{{ ',' if not loop.last }}
{%- endfor %}
"""

TALK = [dict(role="user", content=" Hi there! "), dict(role="assistant", content="Hello. "), dict(role="user", content="What is 2 + 2?\nSay \"it\" – 😀")]
SYSTEM = [dict(role="system", content=" Be brief. ")] + TALK
TOOLS = [
    dict(type="function", function=dict(name="weather", description="Tells the weather: <b>'hot'</b> & \"cold\".", parameters=dict(
        type="object", properties=dict(place=dict(type="string"), unit=dict(type="string", enum=["°C", "°F"]), days=dict(type="integer", maximum=10, share=0.5)), required=["place"]))),
    dict(type="function", function=dict(name="now", parameters=dict(type="object", properties={}))),
]
CALLS = [
    dict(role="user", content="How warm is it in Oslo?"),
    dict(role="assistant", content="", tool_calls=[dict(id="abcdefghi", type="function", function=dict(name="weather", arguments=dict(place="Oslo", days=1, exact=True, none=None)))]),
    dict(role="tool", content="{\"degrees\": -3.5}", tool_call_id="abcdefghi"),
    dict(role="assistant", content="<think>\nIt is cold.\n</think>\n\nMinus 3.5."),
    dict(role="user", content="Thanks."),
]
PARTS = [dict(role="user", content=[dict(type="image"), dict(type="text", text=" What is this? ")])]
REASONED = TALK[:1] + [dict(role="assistant", content="Four.", reasoning_content="\n2 and 2\n")]

SHAPES = dict(llama2=LLAMA2, llama3=LLAMA3, mistral=MISTRAL, gemma=GEMMA, gemma3=GEMMA3, chatml=CHATML, qwen2=QWEN2, qwen3=QWEN3, phi=PHI, zephyr=ZEPHYR, deepseek=DEEPSEEK, macros=MACROS)

EXPRESSIONS = r"""
1 + 2 * 3 - 4 // 3
7 % 3, -7 % 3, 7 // -2, -7 // 2, 2 ** 10, 7 / 2, 2 ** -1
1.5 + 1, 1e3, 1e16, 1.0e-5, 0.1 + 0.2, 1e15, 123456789.123, 3.0, -0.0, 1e22, 5e-324
'a' ~ 1 ~ none ~ true ~ 1.0 ~ [1, 'x'] ~ {'k': none}
'a' 'b' "c"
"tab\tnl\nq\"u\u00e9\x41\101"
[1, 2, 3][0], [1, 2, 3][-1], 'hello'[1], 'hello'[-2:], 'hello'[::-1], [1, 2, 3, 4][1:3], [1, 2, 3, 4][::2], 'hello'[10:], [1,2,3][-10:2], [1,2,3,4][3:0:-1]
'😀ab'|length, '😀ab'[0], '😀ab'[1:], '😀ab'|reverse
(1,), (1, 2), (), [], {}
{'a': 1, 2: 'b', 1.0: 'c'}
1 < 2 < 3, 1 < 3 < 2, 1 == 1.0, true == 1, 'a' < 'b', [1, 2] < [1, 3], 1 != '1', none == none
1 in [1, 2], 3 not in [1, 2], 'ell' in 'hello', 'k' in {'k': 1}, 'x' not in 'abc'
not true, not '', not none, not []
true and 'x', '' or 'y', none and 1, 0 or none or 'z'
'yes' if 1 > 2 else 'no'
('x' if false)
nothing is defined, nothing is undefined, messages is defined, none is none, none is not none
'a' is string, 1 is string, 1 is number, 1.5 is number, true is number, true is boolean, 1 is boolean, 1 is integer, 1.5 is float, true is integer
[1] is iterable, 'a' is iterable, 1 is iterable, {} is mapping, [] is mapping, [] is sequence, 'a' is sequence, {} is sequence, nothing is iterable, nothing is sequence
3 is odd, 4 is even, 9 is divisibleby 3, 9 is divisibleby(2), 2 is in [1, 2], 'a' is equalto 'a', 1 is eq(1), 3 is gt(2), 2 is ge 2, true is true, 1 is true, false is false, none is sameas none
'abc' is lower, 'ABC' is upper, 'aB' is lower
nothing, [nothing|default('d'), ''|default('d'), ''|default('d', true), none|default('n'), nothing|d]
'  a b '|trim, 'xxaxx'|trim('x'), ' a'|length, {'a': 1}|length, nothing|length
'hello world'|title, 'hello-world foo(bar'|title, 'hELLO'|capitalize, 'é'|upper, 'ÀÉ'|lower
"they're bill's friends".title(), 'hELLO wORLD'.capitalize()
'a,b,,c'.split(','), ' a  b '.split(), 'a b c'.split(' ', 1), 'a b c d'.rsplit(' ', 1), ' a b  c '.split(none, 1), ' a b  c '.rsplit(none, 1), ''.split(), ''.split(',')
'aXbXc'.replace('X', '-'), 'aXbXc'.replace('X', '-', 1), 'abc'.replace('', '.'), 'abc'.replace('', '.', 2), 'aXb'|replace('X', 1)
' a '.strip(), ' a '.lstrip(), ' a '.rstrip(), 'xyax'.strip('xy'), 'aa'.strip(''), '\n\na'.lstrip('\n')
'abc'.startswith('ab'), 'abc'.endswith('bc'), 'abc'.startswith(('x', 'a')), 'abc'.startswith('')
'abcabc'.find('c'), 'abcabc'.rfind('c'), 'abc'.find('z'), 'abcabc'.count('b'), '-'.join(['a', 'b']), 'a\nb\r\nc'.splitlines(), 'a\nb\n'.splitlines(true)
'12'.isdigit(), 'a1'.isalnum(), 'ab'.isalpha(), ' '.isspace(), 'AB'.isupper(), 'ab'.islower(), ''.isdigit()
'prefix-x'.removeprefix('prefix-'), 'x.txt'.removesuffix('.txt')
[3, 1, 2]|sort, ['b', 'A', 'c']|sort, ['b', 'A', 'c']|sort(case_sensitive=true), [3, 1, 2]|sort(reverse=true), [{'n': 2}, {'n': 1}]|sort(attribute='n')
[1, 2, 1, 3]|unique|list, ['a', 'A', 'b']|unique|list, [1, 2, 3]|reverse|list, [1, 2, 3]|first, [1, 2, 3]|last, []|first, 'abc'|list, {'b': 1, 'a': 2}|list
[1, 2, 3]|sum, [1, 2, 3]|max, ['b', 'a']|min, [1, 2]|join(', '), [1, none, true]|join('-'), [{'n': 1}, {'n': 2}]|join('+', attribute='n'), [{'n': 1}, {'n': 2}]|sum(attribute='n')
{'b': 1, 'A': 2}|dictsort, {'b': 1, 'a': 2}|dictsort(by='value'), {'b': 1, 'a': 2}|dictsort(reverse=true), {'b': 1}|items|list
['a', 'b']|map('upper')|list, [{'x': {'y': 5}}]|map(attribute='x.y')|list, [{'x': 1}, {}]|map(attribute='x', default=9)|list, [' a ']|map('trim')|list
[1, 2, 3, 4]|select('odd')|list, [1, 2, 3, 4]|reject('odd')|list, [0, 1, '']|select|list, [1, 5]|select('gt', 2)|list, [1, 5]|select('>', 2)|list
messages|selectattr('role', 'equalto', 'user')|list|length, messages|rejectattr('role', '==', 'user')|map(attribute='role')|list, messages|selectattr('name')|list, messages|selectattr('name', 'defined')|list|length
'12'|int, 'x'|int, 'x'|int(7), 3.9|int, '3.5'|float, 'a'|float, -3|abs, 3.14159|round(2), 2.5|round, 3.1|round(0, 'ceil'), '1e3'|int
{'a': [1, 2.0, 1e20, none, true, 'é"\n\t</p>']}|tojson
{'a': [1, {'b': {}}], 'c': []}|tojson(indent=2)
{'b': 1, 'a': [2]}|tojson(sort_keys=true)
[]|tojson(indent=4), 'x'|tojson, 1.5|tojson, none|tojson
'a\nb\n\nc'|indent, 'a\nb'|indent(2), 'a\nb'|indent(2, true), 'a\n\nb'|indent(2, blank=true), 'a\nb'|indent('> ')
'<a href="x">&\'</a>'|e
{'items': 1}['items'], {'a': 1}.a, {'a': 1}.b is defined, {'a': 1}.get('a'), {'a': 1}.get('b'), {'a': 1}.get('b', 2), {'a': 1}.keys()|list, {'a': 1}.values()|list, {'a': 1}.items()|list
dict(a=1, b=2), dict({'x': 1}, y=2), dict([('k', 'v')])
range(3)|list, range(1, 4)|list, range(10, 0, -3)|list, range(0)|list
namespace(x=1).x, namespace(x=1).y is defined
"it's", ["it's", 'say "x"', 'both \' and "'], ['\\', '\n\x07é']
'a' * 3, [1] * 2, 3 * 'ab', 'a' * -1, [1] + [2], (1,) + (2,)
-1|abs, -2 ** 2, +3, - 5 + 2, --4
1 if true else 2 if false else 3
strftime_now('%d %b %Y|%Y-%m-%d|%B %A %a|%H:%M:%S|%I %p|%j %y %%|%-d')
messages[0].content.strip().upper()[:2] ~ '!'
messages[0]['content'] | trim + 'x'
'a' + 'b' | upper
(messages | length) > 2 and messages[-1].role == 'user'
[1, 2,], {'a': 1,}, [[1], [2]][1][0]
'x' in nothing, nothing ~ 'a', nothing == none, nothing == nothing
'abc'.upper is defined, messages.x is defined, messages[9] is defined
''.join(['a', 'b']), '%'
joiner('|') is callable, 'trim' is filter, 'odd' is test
1_000, 0
messages[0].role.title(), 'hello world foo'|wordcount, [1,2,3].index(2), [1,1].count(1), {'a': {'b': 1}}['a'].b
""".strip("\n").split("\n")

ERRORS = r"""
{{ nothing.x }}
{{ nothing['x'] }}
{{ nothing() }}
{{ 1 + 'a' }}
{{ 'a' + 1 }}
{{ 'a' + none }}
{{ nothing + 'a' }}
{{ 1 / 0 }}
{{ 'a' | nosuch }}
{{ 1 is nosuch }}
{{ 'a'.nosuch() }}
{{ [1].append(2) }}
{{ {'a': 1}.update({'b': 2}) }}
{{ {'a': 1}.pop('a') }}
{{ [1] | length() + }}
{{ raise_exception('No!') }}
{% if true %}
{% endif %}
{% for x in 5 %}{% endfor %}
{% for x, y in [1] %}{% endfor %}
{% for x in [1] %}
{{ 'abc
{% set x.y = 1 %}
{% set a, b = [1] %}
{{ 1 < 'a' }}
{{ none | length }}
{{ [1][[2]] .x }}
{{ 'a' in 5 }}
{% macro f(a) %}{{ a }}{% endmacro %}{{ f(1, 2) }}
{% macro f(a) %}{{ a }}{% endmacro %}{{ f(b=2) }}
{% break %}
{% nosuch %}
{{ ) }}
{{ [1, 2 }}
{{ {1: 2 }}
{{ 'a' is }}
{{ a b }}
{# open
{% raw %} open
{{ range(1, 5, 0) }}
{{ [2, 'a'] | sort }}
{{ '' }}}
{{ {[]: 1} }}
""".strip("\n").split("\n")
ERRORS.remove("{{ '' }}}")

SPACES = [
    "a\n  {% if true %}\n  b\n  {% endif %}\nc\n", "a\n  {%- if true -%}\n  b\n  {%- endif -%}\nc", "a\n  {%+ if true +%}\n  b{% endif %}\nc\n\n",
    "  {# c #}\n  x {# d #}\n  {#- e -#}\n y", "a {{ 1 }}\n {{- 2 -}} \n b", "x{% if true %} y {% endif %} z", "\r\n a\r\n{% set x = 1 %}\r\nb\r",
    "{% for i in [1, 2] %}\n{{ i }}\n{% endfor %}\nend", "{% for i in [1, 2] -%}\n  {{ i }}\n{%- endfor %}\nend", "  {% raw %}\n {{ x }} {% endraw %}\n y", "{% raw -%}\n a {%- endraw -%}\n b",
    "a {%- raw %} {% if %} {% endraw %} b", "{{ '{{' }} {{ '%}' }} {% set x = '%}' %}{{ x }}", "{ { % } # {", "\n\n", "", "{{ {'a': {'b': 1}} }}", "{% if false %}x{% elif true %}y{% else %}z{% endif %}",
    "{% set x = 1 %}{% for i in [1] %}{% set x = 2 %}{{ x }}{% endfor %}{{ x }}", "{% set ns = namespace(n=0) %}{% for i in [1, 2] %}{% set ns.n = ns.n + i %}{% endfor %}{{ ns.n }}",
    "{% for a, b in [(1, 2), (3, 4)] %}{{ a }}{{ b }}{{ loop.previtem }}{{ loop.nextitem }}{{ loop.first }}{{ loop.last }}{{ loop.index }}{{ loop.index0 }}{{ loop.revindex }}{{ loop.length }};{% endfor %}",
    "{% for i in [] %}x{% else %}none{% endfor %}", "{% for i in range(9) %}{% if i == 2 %}{% continue %}{% endif %}{% if i == 5 %}{% break %}{% endif %}{{ i }}{% endfor %}",
    "{% for i in [1, 2] %}{% for j in [1, 2] %}{{ loop.index }}{{ loop.depth }} {% endfor %}{{ loop.index }}{% endfor %}", "{% for i in 'ab' %}{{ loop.cycle('x', 'y') }}{{ loop.changed(i) }}{% endfor %}",
    "{% macro m(a, b='d') %}[{{ a }}{{ b }}]{% endmacro %}{{ m(1) }}{{ m(1, 2) }}{{ m(b=3, a=4) }}{{ m() }}", "{% set x %} a {{ 1 }} {% endset %}[{{ x }}]", "{% set x | trim | upper %} a {% endset %}[{{ x }}]",
    "{% set a, b = 1, 2 %}{{ a + b }}", "{% set a = 1, 2 %}{{ a }}", "{% filter trim | upper %} a {% endfilter %}", "{% set j = joiner(', ') %}{% for i in [1, 2, 3] %}{{ j() }}{{ i }}{% endfor %}",
    "{% for k, v in {'a': 1}.items() %}{{ k }}={{ v }}{% endfor %}", "{% if messages and messages[0].role == 'user' %}{{ messages[0].content }}{% endif %}", "{% generation %}g{% endgeneration %}\nx",
    "{% for m in messages %}{% if not loop.first %} {% endif %}{{ m.role }}{% endfor %}", "{% set x = 5 if messages | length > 2 else 6 %}{{ x }}", "{% for x in [1,2,3] if x is odd %}{{ loop.length }}{{ x }}{% endfor %}", "{{ 1 }}\n", "{{ 1 }}\n\n", "a{{+ 1 }}",
]


def cases():
    for name, template in SHAPES.items():
        for chat, messages in dict(talk=TALK, system=SYSTEM, calls=CALLS, parts=PARTS, reasoned=REASONED, empty=[], odd=[TALK[1]]).items():
            for tools in (None, TOOLS):
                for prompt in (True, False):
                    if tools and not prompt:
                        continue
                    case = dict(name=f"{name} {chat}{' tools' if tools else ''}{'' if prompt else ' closed'}", template=name, messages=messages, add_generation_prompt=prompt, bos="<s>", eos="</s>")
                    if tools:
                        case["tools"] = tools
                    yield case
    yield dict(name="qwen3 without thinking", template="qwen3", messages=TALK, variables=dict(enable_thinking=False))
    yield dict(name="llama3 with a date", template="llama3", messages=TALK, bos="<|begin_of_text|>", variables=dict(date_string="1 May 2020"))
    yield dict(name="llama2 without bos", template="llama2", messages=TALK)
    for expression in EXPRESSIONS:
        yield dict(name=expression, template="{{ " + expression + " }}", messages=TALK)
    for number, template in enumerate(SPACES):
        yield dict(name=f"text {number}", template=template, messages=TALK)
    for template in ERRORS:
        yield dict(name=template, template=template, messages=TALK)


made = []
for case in cases():
    try:
        case_ = dict(case, template=SHAPES.get(case["template"], case["template"]))
        case["text"] = render(case_)
    except Exception as error:
        case["error"] = f"{type(error).__name__}: {error}"
    made.append(case)
json.dump(dict(now=NOW.isoformat(), shapes=SHAPES, cases=made), open("cases.json", "w"), ensure_ascii=False, indent=1)
print(len(made), "cases,", sum("error" in case for case in made), "errors")
for case in made:
    if "error" in case and case["name"] not in ERRORS:
        print(case["name"][:90], "|", case["error"][:90])
for case in made:
    if case["name"] in ERRORS and "text" in case:
        print("NO ERROR", case["name"], repr(case["text"]))
