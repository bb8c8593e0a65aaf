// Shows a password while it is typed, and carries a tick into a second form. Every page works without this
// file.
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

for (const field of document.querySelectorAll('input[data-mirrors]')) {
  const box = document.getElementById(field.dataset.mirrors);
  const copy = () => {
    field.value = box.checked ? box.value : '';
  };
  box.addEventListener('change', copy);
  copy();
}
