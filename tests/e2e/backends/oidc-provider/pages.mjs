// The pages of the provider: as plain as they can be, and without anything from another site.

export const signIn = (problem = "") =>
  page(
    "Sign in at the provider",
    `<form method="post">
      <p role="alert">${problem}</p>
      <p><label>Email <input name="email" type="email" required autofocus></label></p>
      <p><label>Password <input name="password" type="password" required></label></p>
      <button name="prompt" value="login">Sign in</button>
    </form>`,
  );

export const consent = () =>
  page(
    "Allow access?",
    `<form method="post">
      <p>Perennial wants to know who you are, and to stay signed in.</p>
      <button name="prompt" value="consent">Allow</button>
    </form>`,
  );

export const signOut = (form) =>
  page(
    "Sign out at the provider?",
    `${form}
    <button form="op.logoutForm" name="logout" value="yes">Yes, sign me out</button>
    <button form="op.logoutForm">No, stay signed in</button>`,
  );

export const failed = ({ error, error_description: why }) => page("Failed", `<p>${escape(`${error}: ${why}`)}</p>`);

function page(heading, body) {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>${heading}</title><h1>${heading}</h1>${body}</html>`;
}

function escape(text) {
  return text.replace(/[&<>"']/g, (character) => `&#${character.charCodeAt(0)};`);
}
