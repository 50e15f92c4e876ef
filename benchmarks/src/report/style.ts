import { paletteRules } from './palette.ts'

const LIGHT = `:root{color-scheme:light dark;--page:#f7f7f5;--panel:#fff;--ink:#1a1a19;--soft:#5e5d59;--line:#e4e3df;--one:#8b8a85;--limit:#d03b3b;--mark:#8b8a85}`
const DARK = `:root{--page:#141413;--panel:#1d1d1c;--ink:#f2f1ee;--soft:#a6a5a0;--line:#34332f;--one:#8b8a85;--limit:#ef6a6a;--mark:#8b8a85}`

/** One sheet for light and dark. Marks take `--mark` from the class of their contestant. */
export const STYLE = `${LIGHT}${paletteRules('light')}
@media (prefers-color-scheme:dark){${DARK}${paletteRules('dark')}}
*{box-sizing:border-box}
body{margin:0 auto;max-width:960px;padding:32px 20px 80px;background:var(--page);color:var(--ink);font:15px/1.5 system-ui,sans-serif}
h1{font-size:28px;margin:0 0 8px}h2{font-size:22px;margin:48px 0 4px}h3{font-size:17px;margin:32px 0 4px}h4{font-size:15px;margin:0}
p{margin:4px 0 12px;max-width:75ch}code{font-size:12px;color:var(--soft)}
nav a{margin-right:14px;color:inherit}
.facts,.against,.figures,figcaption{color:var(--soft);font-size:13px}
.against{margin:0 0 6px}.figures{margin:8px 0 0;padding-left:18px}
.key{display:flex;flex-wrap:wrap;gap:4px 18px;list-style:none;padding:0;margin:0;font-size:13px}
.key i{display:inline-block;width:10px;height:10px;border-radius:3px;background:var(--mark);margin-right:6px}
.panel{background:var(--panel);border:1px solid var(--line);border-radius:10px;padding:16px;margin:12px 0;overflow-x:auto}
.panel svg{display:block;min-width:640px;width:100%}
.curves{display:grid;grid-template-columns:repeat(auto-fit,minmax(380px,1fr));gap:12px}
figure{margin:0;background:var(--panel);border:1px solid var(--line);border-radius:10px;padding:12px}
svg text{font:12px system-ui,sans-serif;fill:var(--ink)}
svg .tick,svg .what{fill:var(--soft)}svg .tick{font-size:11px}svg .value{font-variant-numeric:tabular-nums}
.grid{stroke:var(--line);stroke-width:1}.one{stroke:var(--one);stroke-width:1.5}.limit{stroke:var(--limit);stroke-width:1.5}
.mark{fill:var(--mark)}.line{fill:none;stroke:var(--mark);stroke-width:2}.dot{fill:var(--mark);stroke:var(--panel);stroke-width:1.5}
.sample{fill:var(--mark);opacity:.45}.median{stroke:var(--ink);stroke-width:1.5}`
