// Calls the product as its own pages do: server functions by form bodies, with the session's cookie.
export class Client {
  cookie = "";

  constructor(url) {
    this.url = url;
  }

  async post(path, fields = {}) {
    const response = await fetch(this.url + path, {
      method: "POST",
      headers: { accept: "application/json", "content-type": "application/x-www-form-urlencoded", origin: this.url, cookie: this.cookie },
      body: new URLSearchParams(fields),
    });
    const set = response.headers.getSetCookie().at(-1);
    if (set) this.cookie = set.split(";")[0];
    const text = await response.text();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${text}`);
    const answer = JSON.parse(text);
    if (answer.Invalid) throw new Error(`${path}: ${text}`);
    return answer;
  }

  /** Makes the first administrator. */
  async accept(link) {
    const account = { username: "ada", name: "Ada Lovelace", secret_password: "correct horse battery" };
    await this.post("/do/accept-invitation", { secret_link: link.split("/welcome/")[1], ...account });
  }

  /** Events of a stream, each with the time at which it arrived, in milliseconds. */
  async *events(path) {
    const response = await fetch(this.url + path, { headers: { accept: "text/event-stream", cookie: this.cookie } });
    let rest = "";
    for await (const part of response.body.pipeThrough(new TextDecoderStream())) {
      const at = performance.timeOrigin + performance.now();
      const events = (rest + part).split("\n\n");
      rest = events.pop();
      for (const event of events) {
        const name = /^event: (.*)$/m.exec(event)?.[1];
        const data = /^data: (.*)$/m.exec(event)?.[1];
        if (name) yield { at, name, data: JSON.parse(data) };
      }
    }
  }
}
