// What is said at the foot of the page while Python comes.

const STYLE = `
  position: fixed; z-index: 10000; left: 50%; bottom: 16px; transform: translateX(-50%);
  max-width: calc(100vw - 32px); box-sizing: border-box; padding: 12px 16px;
  display: flex; flex-direction: column; gap: 8px;
  font: 14px/1.4 var(--jp-ui-font-family, sans-serif);
  color: var(--jp-ui-font-color1, black); background: var(--jp-layout-color1, white);
  border: 1px solid var(--jp-border-color1, gray); border-radius: 6px;
  box-shadow: 0 2px 12px rgb(0 0 0 / 25%);`;

export class Notice {
  constructor() {
    this.box = document.createElement('div');
    this.box.setAttribute('role', 'status');
    this.box.style.cssText = STYLE;
    this.words = this.box.appendChild(document.createElement('span'));
    this.bar = this.box.appendChild(document.createElement('progress'));
    this.bar.setAttribute('aria-label', 'Loading Python');
    this.bar.style.width = '100%';
  }

  // done: from 0 to 1, or null while nobody can know.
  show({ text, done }) {
    if (!this.box.isConnected) document.body.append(this.box);
    if (this.words.textContent !== text) this.words.textContent = text;
    if (done === null) this.bar.removeAttribute('value');
    else this.bar.value = done;
  }

  close() {
    this.box.remove();
  }
}
