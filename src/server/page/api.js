// Requests to this machine's own server, and nobody else's.

export class Failure extends Error {
  constructor(status, body) {
    super(body?.error?.message ?? "The manager does not answer; is it still running?");
    this.status = status;
    this.hint = body?.error?.hint ?? "";
    this.fields = body?.error?.fields ?? null;
    this.clash = body?.clash ?? null;
  }
}

async function call(method, path, body) {
  let response;
  try {
    response = await fetch("/api/" + path, {
      method,
      headers: body === undefined ? {} : { "Content-Type": "application/json" },
      body: body === undefined ? undefined : JSON.stringify(body),
    });
  } catch {
    throw new Failure(0, null);
  }
  if (response.status === 401) {
    throw new Failure(401, { error: { message: "This page's session is over: open the address from the terminal again." } });
  }
  const answer = await response.json().catch(() => null);
  if (!response.ok) throw new Failure(response.status, answer);
  return answer;
}

export const api = {
  get: (path) => call("GET", path),
  post: (path, body) => call("POST", path, body),
  put: (path, body) => call("PUT", path, body),
  patch: (path, body) => call("PATCH", path, body),
  async text(path) {
    const response = await fetch("/api/" + path);
    if (!response.ok) throw new Failure(response.status, await response.json().catch(() => null));
    return response.text();
  },
};
