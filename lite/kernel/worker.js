// The Web Worker: a Python, and what it is asked. What runs the cells is cell.py, in Python; which
// Python that is, python.js alone knows.

import { startPython } from './python.js';

// Not imported into the notebook's own names.
const CELL = "__import__('cell')";

let python;

const REQUESTS = {
  start: async ({ files }) => {
    const progress = (text, done) => postMessage({ type: 'progress', text, done });
    try {
      python = await startPython({ files, progress, hear: line => postMessage(JSON.parse(line)) });
      if (python.isWarm) {
        python.run(`${CELL}.resume()`);
      } else {
        progress('Loading numpy and scipy …', null);
        python.run(`${CELL}.start()`);
        python.keepWarm();
      }
      postMessage({ type: 'ready' });
    } catch (error) {
      postMessage({ type: 'failed', why: `Python did not start: ${error.message ?? error}` });
      throw error;
    }
  },
  // A string of JSON is a literal of Python, too.
  run: ({ code, count }) => {
    python.run(`${CELL}.run(${JSON.stringify(code)}, ${count})`);
    postMessage({ type: 'done' });
  },
  complete: ({ code, cursor }) => {
    python.run(`${CELL}.complete(${JSON.stringify(code)}, ${cursor})`);
  },
};

// One after the other: a request waits for the start.
let last = Promise.resolve();
onmessage = ({ data }) => {
  last = last.then(() => REQUESTS[data.type](data));
};
