// A Python in a Web Worker: started at once, asked one thing at a time, ended when it hangs.

import { Notice } from './notice.js';

const STOPPED = {
  type: 'error',
  ename: 'KeyboardInterrupt',
  evalue: '',
  traceback: [
    'Stopped. Python was started anew. The cells that had run before this one are run again,',
    'without their output, before the next cell that you run.',
  ],
};

export class Interpreter {
  // files: a function that gives what lies beside the notebook, [name, bytes] each.
  constructor(files) {
    this.files = files;
    this.ran = []; // the cells that have run since the notebook was opened, as [code, count]
    this.start();
  }

  start() {
    this.again = [...this.ran];
    this.notice = new Notice();
    this.worker = new Worker(new URL('worker.js', import.meta.url), { type: 'module' });
    this.ready = new Promise((resolve, reject) => {
      this.worker.onmessage = ({ data }) => {
        if (data.type === 'progress') this.notice.show(data);
        else if (data.type === 'ready') resolve();
        else if (data.type === 'failed') reject(new Error(data.why));
        else this.hear?.(data);
      };
      this.worker.onerror = event => reject(new Error(event.message));
    });
    this.ready.catch(() => {}).finally(() => this.notice.close());
    const worker = this.worker;
    this.files()
      .catch(error => {
        console.warn('What lies beside the notebook cannot be read:', error);
        return [];
      })
      .then(files => worker.postMessage({ type: 'start', files }));
  }

  // Run a cell; show(output) for each output as it comes. Resolves to the error, or null.
  async run(code, count, show) {
    try {
      await this.ready;
    } catch ({ message }) {
      const error = { type: 'error', ename: 'NoPython', evalue: message, traceback: [message] };
      show(error);
      return withoutType(error);
    }
    const before = this.again.splice(0);
    for (const [earlier, earlierCount] of before) {
      if ((await this.ask('run', { code: earlier, count: earlierCount }, () => {})).stopped) {
        show(STOPPED);
        return withoutType(STOPPED);
      }
    }
    let error = null;
    const { stopped } = await this.ask('run', { code, count }, output => {
      if (output.type === 'error') error = withoutType(output);
      show(output);
    });
    if (stopped) {
      show(STOPPED);
      return withoutType(STOPPED);
    }
    this.ran.push([code, count]);
    return error;
  }

  async complete(code, cursor) {
    await this.ready;
    return (await this.ask('complete', { code, cursor }, () => {})).answer ?? NO_COMPLETION;
  }

  // One request to the worker: resolves at its end, also if it was stopped.
  ask(type, request, show) {
    return new Promise(resolve => {
      this.giveUp = () => resolve({ stopped: true });
      this.hear = message => {
        if (message.type === 'done') resolve(message);
        else show(message);
      };
      this.worker.postMessage({ type, ...request });
    }).finally(() => {
      this.giveUp = this.hear = null;
    });
  }

  // End what runs, and start a new Python; what it had run is run again before the next cell.
  stop() {
    if (!this.giveUp) return;
    const giveUp = this.giveUp;
    this.worker.terminate();
    this.start();
    giveUp();
  }

  end() {
    this.worker.terminate();
    this.notice.close();
    this.giveUp?.();
  }
}

const NO_COMPLETION = { matches: [], start: 0 };

function withoutType({ ename, evalue, traceback }) {
  return { ename, evalue, traceback };
}
