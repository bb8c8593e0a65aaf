// Shows a password while it is typed. Every page works without this file.
'use strict';

for (const button of document.querySelectorAll('button[data-reveals]')) {
  const field = document.getElementById(button.dataset.reveals);
  const turn = (type) => {
    field.type = type;
    button.textContent = type === 'text' ? button.dataset.hide : button.dataset.show;
  };
  button.hidden = false;
  button.addEventListener('click', () => turn(field.type === 'text' ? 'password' : 'text'));
  // A browser that remembers what was typed in text fields must not remember this one.
  field.form.addEventListener('submit', () => turn('password'));
}
