namespace Pellucid.Reports;

/// <summary>The look of the pages: readable text, colours for light and dark rooms, for narrow screens and for paper.</summary>
internal static class PageStyle
{
    internal const string Css = """
        :root{--ink:#1c2330;--paper:#fdfdfb;--line:#d9dbe0;--soft:#5c6575;--hot:255,140,40;--cool:36,110,185;color-scheme:light dark}
        @media(prefers-color-scheme:dark){:root{--ink:#e6e8ec;--paper:#14171c;--line:#343a45;--soft:#9aa3b2;--hot:240,130,40;--cool:110,170,240}}
        body{margin:0;background:var(--paper);color:var(--ink);font:16px/1.55 system-ui,sans-serif}
        main{max-width:66rem;margin:0 auto;padding:2rem 1.2rem 4rem}
        h1{font-size:2rem;margin:.2em 0}h2{margin:2.2em 0 .4em;border-bottom:1px solid var(--line)}h3{margin:0}p+h3,.wide+h3{margin-top:1.4em}
        .lead{font-size:1.15rem}code{background:rgba(127,127,127,.15);padding:.1em .3em;border-radius:.2em;overflow-wrap:anywhere}
        .wide{overflow-x:auto}table{border-collapse:collapse;margin:1em 0;font-size:.9rem;font-variant-numeric:tabular-nums}
        th,td{text-align:left;padding:.25em .9em .25em 0;border-bottom:1px solid var(--line);vertical-align:top}th{color:var(--soft);font-weight:600;vertical-align:bottom}
        th.n,td.n{text-align:right}td.n{white-space:nowrap}
        figure{margin:1em 0}figcaption{color:var(--soft);font-size:.9rem}.key.pattern{color:rgb(var(--cool))}.key.table{color:rgb(var(--hot));margin-left:.6em}
        svg{max-width:100%;height:auto;font-size:13px}figure svg{min-width:34rem}svg text{fill:var(--ink)}svg .axis{fill:var(--soft);font-size:11px}svg .grid{stroke:var(--line)}
        svg line.pattern{stroke:rgb(var(--cool));stroke-width:3}svg circle.pattern{fill:rgb(var(--cool));stroke:rgb(var(--cool));stroke-width:1.5}
        svg line.table{stroke:rgb(var(--hot));stroke-width:3}svg circle.table{fill:rgb(var(--hot));stroke:rgb(var(--hot));stroke-width:1.5}
        svg line.only{stroke-width:1.2}svg circle.only{fill:var(--paper)}
        article{border:1px solid var(--line);border-radius:.5rem;padding:1rem 1.2rem;margin:1rem 0;break-inside:avoid}
        article header{display:flex;justify-content:space-between;align-items:start;gap:1rem}.histogram{width:200px;height:50px;flex:none}.histogram rect{fill:var(--soft)}
        .explanation{font:600 .95rem/1.6 ui-monospace,monospace;margin:.4em 0;overflow-wrap:anywhere;white-space:pre-wrap}.facts{color:var(--soft);font-size:.88rem;margin:.2em 0 .8em}
        .strip{font:14px/2 ui-monospace,monospace;margin:.5em 0;padding-left:4.4rem;text-indent:-4.4rem;overflow-wrap:anywhere;white-space:pre-wrap}
        .kind{display:inline-block;width:4.4rem;text-indent:0;color:var(--soft);font:12px system-ui,sans-serif}
        .t{text-indent:0;background:rgba(var(--hot),calc(var(--a)*.85));border-bottom:3px solid rgba(var(--cool),var(--p));border-radius:2px}
        .columns{display:grid;grid-template-columns:repeat(auto-fit,minmax(14rem,1fr));gap:1.2rem}
        .columns section{border:1px solid var(--line);border-radius:.5rem;padding:.8rem 1rem;break-inside:avoid}.story{margin:.4em 0 0;overflow-wrap:anywhere}
        summary{cursor:pointer;margin-top:1.2rem;font-weight:600}dt{font-weight:600;margin-top:.6em}dd{margin:0 0 0 1.2em}
        footer{margin-top:3rem;border-top:1px solid var(--line);padding-top:.8rem;color:var(--soft);font-size:.9rem}
        @media(max-width:40rem){article header{flex-direction:column}h1{font-size:1.5rem}th,td{min-width:5.5rem}}
        @media print{body{font-size:11px}main{max-width:none;padding:0}.t,circle,line,rect{print-color-adjust:exact;-webkit-print-color-adjust:exact}}
        """;
}
