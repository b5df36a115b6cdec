'use client';
/** Login and first run: two forms of the same shape. */
import { useMutation, useQuery } from '@tanstack/react-query';
import { useRouter } from 'next/navigation';
import { type ReactNode, type SubmitEvent, useEffect, useState } from 'react';
import { messageOf, useApi } from '@/lib/api';
import { Button } from '@/ui/button';
import { Field, Input } from '@/ui/field';
import { ErrorNote } from '@/ui/page';

function Card({ title, note, children }: { title: string; note: string; children: ReactNode }) {
  return (
    <main className="flex min-h-dvh items-center justify-center p-4">
      <div className="w-full max-w-sm space-y-4 rounded-md border border-line bg-panel p-6">
        <div>
          <p className="text-xs text-muted">Gatehouse</p>
          <h1 className="text-lg font-semibold">{title}</h1>
          <p className="text-muted">{note}</p>
        </div>
        {children}
      </div>
    </main>
  );
}

/** Only paths of this page: a link can not lead elsewhere after the login. */
function nextPath(): string {
  const next = new URLSearchParams(location.search).get('next') ?? '/';
  return /^\/(?![/\\])/.test(next) ? next : '/';
}

const textOf = (form: FormData, name: string): string => String(form.get(name) ?? '');

export function Login() {
  const api = useApi();
  const router = useRouter();
  const state = useQuery(api.system.state.queryOptions());
  const login = useMutation(api.auth.login.mutationOptions({ onSuccess: () => location.assign(nextPath()) }));
  useEffect(() => {
    if (state.data?.setupRequired) router.replace('/setup');
  }, [state.data, router]);
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    login.mutate({ username: textOf(form, 'username'), password: textOf(form, 'password') });
  };
  return (
    <Card title={`Log in to ${state.data?.hostName ?? 'the box'}`} note={state.data?.loginBanner ?? 'Firewall and VPN'}>
      <form onSubmit={submit} className="space-y-3">
        <Field label="User name">
          {(ids) => <Input {...ids} name="username" required autoFocus autoComplete="username" />}
        </Field>
        <Field label="Password">
          {(ids) => <Input {...ids} name="password" type="password" required autoComplete="current-password" />}
        </Field>
        {login.error && <ErrorNote>{messageOf(login.error)}</ErrorNote>}
        <Button type="submit" variant="primary" className="w-full" disabled={login.isPending}>
          Log in
        </Button>
      </form>
    </Card>
  );
}

const MIN_PASSWORD = 10;

export function Setup() {
  const api = useApi();
  const router = useRouter();
  const state = useQuery(api.system.state.queryOptions());
  const setup = useMutation(api.auth.setup.mutationOptions({ onSuccess: () => location.assign('/') }));
  const [token, setToken] = useState('');
  useEffect(() => {
    // the console's QR code carries the token behind the #, which no server sees
    if (/^#[0-9A-Z-]{1,64}$/.test(location.hash)) setToken(location.hash.slice(1));
  }, []);
  useEffect(() => {
    if (state.data && !state.data.setupRequired && !setup.isSuccess) router.replace('/login');
  }, [state.data, setup.isSuccess, router]);
  const submit = (event: SubmitEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    setup.mutate({
      setupToken: textOf(form, 'token').trim(),
      username: textOf(form, 'username'),
      password: textOf(form, 'password'),
    });
  };
  return (
    <Card title="Set up this box" note="The token stands on the box’s console. It works once.">
      <form onSubmit={submit} className="space-y-3">
        <Field label="Setup token">
          {(ids) => (
            <Input
              {...ids}
              name="token"
              value={token}
              onChange={(event) => setToken(event.target.value)}
              required
              autoFocus
              className="font-mono"
            />
          )}
        </Field>
        <Field label="User name">
          {(ids) => <Input {...ids} name="username" required defaultValue="admin" autoComplete="username" />}
        </Field>
        <Field label="Password" help={`At least ${MIN_PASSWORD} characters. Length counts, not symbols.`}>
          {(ids) => (
            <Input
              {...ids}
              name="password"
              type="password"
              required
              minLength={MIN_PASSWORD}
              autoComplete="new-password"
            />
          )}
        </Field>
        {setup.error && <ErrorNote>{messageOf(setup.error)}</ErrorNote>}
        <Button type="submit" variant="primary" className="w-full" disabled={setup.isPending}>
          Create administrator
        </Button>
      </form>
    </Card>
  );
}
