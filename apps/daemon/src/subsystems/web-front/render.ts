/** nginx's configuration: TLS and HTTP/2 towards browsers, a socket of the box towards the page. Pure. */
import { join } from 'node:path';
import type { Files } from '../rendered.ts';

export type FrontPlan = {
  port: number;
  hostName: string;
  /** Static addresses of the box, without prefix length: names in a certificate of its own. */
  addresses: string[];
  /** PEM; null: the box's own. */
  given: { chain: string; key: string } | null;
};

export type FrontPlaces = {
  /** Where the page listens. */
  pageSocket: string;
  /** The box's own certificate and key. */
  own: { certificate: string; key: string };
  /** nginx's own: its process id, bodies on their way. */
  work: string;
  /** Who the workers are. */
  user: string;
};

/** Mozilla's intermediate profile, version 5.7. */
const CIPHERS = [
  ...['ECDHE-ECDSA-AES128-GCM-SHA256', 'ECDHE-RSA-AES128-GCM-SHA256', 'ECDHE-ECDSA-AES256-GCM-SHA384'],
  ...['ECDHE-RSA-AES256-GCM-SHA384', 'ECDHE-ECDSA-CHACHA20-POLY1305', 'ECDHE-RSA-CHACHA20-POLY1305'],
].join(':');

/** Streams go on for as long as a browser looks; an image is uploaded over a slow line. */
const PATIENCE = '1h';

/** nginx.conf and, when the configuration gives one, its certificate. `directory`: where the files stand. */
export function renderFront(plan: FrontPlan, directory: string, { pageSocket, own, work, user }: FrontPlaces): Files {
  const pair = plan.given
    ? { certificate: join(directory, 'certificate.pem'), key: join(directory, 'key.pem') }
    : { certificate: own.certificate, key: own.key };
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi'].map(
    (name) => `  ${name}_temp_path ${work}/${name};`,
  );
  const conf = `user ${user};
worker_processes 1;
pid ${work}/nginx.pid;
error_log stderr warn;
events {
  worker_connections 1024;
}
http {
  access_log off;
  server_tokens off;
${temporary.join('\n')}
  ssl_protocols TLSv1.2 TLSv1.3;
  ssl_ciphers ${CIPHERS};
  ssl_prefer_server_ciphers off;
  ssl_session_cache shared:page:1m;
  ssl_session_timeout 1d;
  ssl_session_tickets off;
  client_max_body_size 0;
  client_body_timeout ${PATIENCE};
  proxy_request_buffering off;
  proxy_buffering off;
  proxy_http_version 1.1;
  proxy_read_timeout ${PATIENCE};
  proxy_send_timeout ${PATIENCE};
  server {
    listen [::]:${plan.port} ssl http2 ipv6only=off;
    ssl_certificate ${pair.certificate};
    ssl_certificate_key ${pair.key};
    # a browser that speaks plain HTTP here
    error_page 497 =308 https://$http_host$request_uri;
    error_page 502 504 = @absent;
    location / {
      proxy_pass http://unix:${pageSocket}:;
      proxy_set_header Host $http_host;
      proxy_set_header Connection "";
      proxy_set_header X-Forwarded-Proto https;
      proxy_set_header X-Forwarded-For $remote_addr;
    }
    location @absent {
      default_type text/plain;
      add_header Retry-After 2 always;
      return 503 "The page is starting. Packets are being forwarded meanwhile.\\n";
    }
  }
}
`;
  const files = new Map([['nginx.conf', conf]]);
  if (plan.given) {
    files.set('certificate.pem', `${plan.given.chain}\n`);
    files.set('key.pem', `${plan.given.key.trim()}\n`);
  }
  return files;
}
