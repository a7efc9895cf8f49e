export const STYLE = `:root {
  color-scheme: light dark;
  --line: light-dark(#c9ced6, #3b424d);
  --good: light-dark(#0b6b3a, #6fd39b);
  --bad: light-dark(#8a3b00, #f0b37a);
  --raised: light-dark(#f3f5f8, #1e232b);
  font: 16px/1.5 system-ui, sans-serif;
}
body {
  margin: 0 auto;
  max-width: 46rem;
  padding: 2rem 1rem 4rem;
  background: light-dark(#fff, #14181e);
  color: light-dark(#1a1f27, #e3e7ed);
}
h1 { font-size: 1.5rem; line-height: 1.25; margin: 0 0 1rem; }
h2 { font-size: 1.15rem; margin: 2rem 0 0.5rem; }
h3 { font-size: 1rem; margin: 1rem 0 0.25rem; }
a { color: light-dark(#0a55b3, #82b8ff); }
#state { min-height: 3.5rem; border: 1px solid var(--line); border-left-width: 4px; border-radius: 4px; padding: 0.5rem 1rem; }
#state p { margin: 0.25rem 0; }
#state[data-state="trusted"] { border-left-color: var(--good); }
#state[data-state="not-trusted"] { border-left-color: var(--bad); }
code, .fingerprint { font: 0.875rem/1.6 ui-monospace, monospace; overflow-wrap: anywhere; }
.fingerprint { display: block; padding: 0.5rem 0.75rem; background: var(--raised); border-radius: 4px; margin: 0.25rem 0 0.75rem; }
.download { display: inline-block; padding: 0.5rem 1rem; border: 1px solid currentColor; border-radius: 4px; margin-right: 0.75rem; font-weight: 600; text-decoration: none; }
details { border: 1px solid var(--line); border-radius: 4px; margin: 0.5rem 0; padding: 0 1rem; }
details[open] { padding-bottom: 0.75rem; }
summary { padding: 0.6rem 0; font-weight: 600; cursor: pointer; }
pre { overflow-x: auto; padding: 0.5rem 0.75rem; background: var(--raised); border-radius: 4px; margin: 0.5rem 0; }
pre:focus-visible, summary:focus-visible, a:focus-visible { outline: 2px solid light-dark(#0a55b3, #82b8ff); outline-offset: 2px; }
[hidden] { display: none; }
`;
