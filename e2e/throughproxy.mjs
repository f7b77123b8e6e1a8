// Makes Node's fetch honour HTTPS_PROXY, for programs that are run with --import=./throughproxy.mjs. Node does so by
// itself from 24 on, if NODE_USE_ENV_PROXY says so; older ones leave it to a package.
import http from 'node:http';
import tls from 'node:tls';

const proxy = new URL(process.env.HTTPS_PROXY);

// Opens a tunnel through the proxy, and TLS in it, with the certificates that Node trusts.
function connect({ hostname, servername, port }, done) {
  const path = `${hostname}:${port || 443}`;
  const request = http.request({ host: proxy.hostname, port: proxy.port, method: 'CONNECT', path, headers: { host: path } });
  request.once('error', done);
  request.once('response', (response) => done(new Error(`the proxy answers ${response.statusCode}`)));
  request.once('connect', (response, socket) => {
    if (response.statusCode !== 200) return done(new Error(`the proxy answers ${response.statusCode}`));
    const secure = tls.connect({ socket, servername: servername || hostname, ALPNProtocols: ['http/1.1'] });
    secure.once('secureConnect', () => done(null, secure));
    secure.once('error', done);
  });
  request.end();
}

await fetch('data:,'); // which makes Node's own dispatcher, whose kind has no other name
const dispatcher = Symbol.for('undici.globalDispatcher.1');
globalThis[dispatcher] = new globalThis[dispatcher].constructor({ connect });
