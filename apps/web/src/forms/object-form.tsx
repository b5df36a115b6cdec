'use client';
/** A form for one object of the configuration, derived from the schema. Edits the draft at a path. */
import { type Node, objectOf, type Path, type Scalar, type TreeField, type UnionNode } from '@gatehouse/config';
import { Plus, Trash2 } from 'lucide-react';
import { issueAt, sentenceOf, useDraft } from '@/draft/draft';
import { Button } from '@/ui/button';
import {
  CheckListControl,
  ChoiceControl,
  EntriesControl,
  MultilineControl,
  NumberControl,
  SwitchControl,
  TextControl,
} from './controls';
import { blankEntry, type ListName, noteOf, OPEN_FIELDS, optionsFor } from './lists';
import { NameControl } from './name';
import { SecretControl } from './secret';
import { getAt, setAt, withEntry, withoutEntry } from './values';

type Props = { fields: readonly TreeField[]; path: Path; list: ListName | null };

/** Fields that make no sense for this object as it is; one that has a value is shown, because the value is what is wrong. */
function isHidden(key: string, list: ListName | null, item: unknown): boolean {
  const fields = (item ?? {}) as Record<string, unknown>;
  const { type, protocol } = fields;
  if (key === 'id') return true;
  if (fields[key] !== undefined) return false;
  if (list === 'interfaces') return type !== 'vlan' && (key === 'parent' || key === 'vlanId');
  if (list === 'routes') return type !== 'unicast' && (key === 'nextHop' || key === 'interface');
  if (list === 'dhcpServer.reservations') return key === (String(fields.address).includes(':') ? 'clientId' : 'duid');
  if (list !== 'applications' || protocol === undefined) return false;
  if (key.startsWith('icmp')) return protocol !== 'icmp' && protocol !== 'icmp6';
  return key.endsWith('Port') && !['tcp', 'udp', 'sctp'].includes(String(protocol));
}

export function ObjectForm({ fields, path, list }: Props) {
  const { config } = useDraft();
  const item = getAt(config, path);
  return (
    <div className="space-y-3">
      {fields
        .filter((field) => !isHidden(field.key, list, item))
        .map((field) => (
          <FieldControl key={field.key} field={field} path={[...path, field.key]} list={list} />
        ))}
    </div>
  );
}

function FieldControl({ field, path, list }: { field: TreeField; path: Path; list: ListName | null }) {
  const { config, change, issues } = useDraft();
  const value = getAt(config, path);
  const label = field.meta.label ?? field.key;
  const issue = issueAt(issues, path);
  const sentence = issue && sentenceOf(issue);
  // a warning explains, it does not make the value invalid
  const common =
    issue?.severity === 'warning'
      ? { label, help: sentence, error: undefined }
      : { label, help: field.meta.help, error: sentence };
  const set = (next: unknown) => change((draft) => setAt(draft, path, next));
  const { node } = field;
  const { secret } = field.meta;
  if (secret) return <SecretControl {...common} kind={secret} isSet={Boolean(value)} onSealed={set} />;
  if (field.meta.multiline) return <MultilineControl {...common} value={String(value ?? '')} onChange={set} />;
  if (node.kind === 'object' || node.kind === 'union')
    return (
      <fieldset className="grid gap-3 rounded-md border border-line p-3">
        <legend className="px-1 text-xs font-medium text-muted">{label}</legend>
        {field.meta.help && <p className="text-xs text-muted">{field.meta.help}</p>}
        {node.kind === 'union' && <KindControl node={node} path={path} label={label} />}
        <ObjectForm
          fields={(objectOf(node, value)?.fields ?? []).filter(
            (inner) => node.kind === 'object' || inner.key !== node.discriminator,
          )}
          path={path}
          list={list}
        />
      </fieldset>
    );
  if (node.kind === 'list')
    return <ListControl item={node.item} field={field} path={path} list={list} common={common} />;
  if (field.key === 'name' && list)
    return (
      <NameControl
        {...common}
        list={list}
        id={String(getAt(config, [...path.slice(0, -1), 'id']))}
        value={String(value ?? '')}
      />
    );
  return (
    <ScalarControl
      node={node}
      field={field}
      value={value}
      options={optionsFor(config, list, field.key)}
      common={common}
      onChange={set}
    />
  );
}

type Common = { label: string; help: string | undefined; error: string | undefined };

function ScalarControl(props: {
  node: Scalar;
  field: TreeField;
  value: unknown;
  options: string[] | null;
  common: Common;
  onChange: (value: unknown) => void;
}) {
  const { node, field, value, options, common, onChange } = props;
  if (node.types.includes('boolean')) return <SwitchControl {...common} value={Boolean(value)} onChange={onChange} />;
  if (node.values && node.types.length === 1)
    return (
      <ChoiceControl
        {...common}
        value={String(value ?? '')}
        options={node.values}
        optional={field.optional}
        onChange={(text) => onChange(text === '' ? undefined : text)}
      />
    );
  if (node.types.every((type) => type === 'number'))
    return <NumberControl {...common} value={value as number | undefined} onChange={onChange} />;
  if (options && !OPEN_FIELDS.has(field.key)) {
    const chosen = String(value ?? '');
    const missing = options.length ? 'Choose one.' : 'There is none yet. Add one first.';
    return (
      <ChoiceControl
        {...common}
        error={common.error && chosen === '' ? missing : common.error}
        value={chosen}
        options={chosen === '' || options.includes(chosen) ? options : [...options, chosen]}
        optional={field.optional}
        onChange={(text) => onChange(text === '' && field.optional ? undefined : text)}
      />
    );
  }
  const numbers = node.types.includes('number');
  return (
    <TextControl
      {...common}
      value={value === undefined ? '' : String(value)}
      options={options ?? node.values?.map(String) ?? null}
      onChange={(text) =>
        onChange(text === '' && field.optional ? undefined : numbers && /^\d+$/.test(text) ? Number(text) : text)
      }
    />
  );
}

/** The kind of an object that comes in several: changing it keeps what both kinds have. */
export function KindControl({ node, path, label }: { node: UnionNode; path: Path; label: string }) {
  const { config, change } = useDraft();
  const value = getAt(config, path) as Record<string, unknown>;
  return (
    <ChoiceControl
      label={`${label} type`}
      value={String(value[node.discriminator])}
      options={[...node.options.keys()]}
      optional={false}
      onChange={(kind) => {
        const kept = new Set(node.options.get(kind)?.fields.map((field) => field.key));
        const fresh = Object.fromEntries([...kept].map((key) => [key, value[key] ?? '']));
        const optional = node.options.get(kind)?.fields.filter((field) => field.optional) ?? [];
        for (const field of optional) if (value[field.key] === undefined) delete fresh[field.key];
        change((draft) => setAt(draft, path, { ...fresh, [node.discriminator]: kind }));
      }}
    />
  );
}

function ListControl(props: { item: Node; field: TreeField; path: Path; list: ListName | null; common: Common }) {
  const { item, field, path, list, common } = props;
  const { config, change } = useDraft();
  const entries = (getAt(config, path) as unknown[] | undefined) ?? [];
  if (item.kind === 'scalar') {
    const options = optionsFor(config, list, field.key);
    const value = entries.map(String);
    const edits = {
      value,
      onAdd: (entry: string) => change((draft) => setAt(draft, path, withEntry(value, entry))),
      onRemove: (entry: string) => change((draft) => setAt(draft, path, withoutEntry(value, entry, field.fallback))),
    };
    return item.values ? (
      <CheckListControl
        {...common}
        {...edits}
        options={item.values.map(String)}
        noteOf={(entry) => noteOf(field.key, entry)}
      />
    ) : (
      <EntriesControl {...common} {...edits} options={options} open={options === null || OPEN_FIELDS.has(field.key)} />
    );
  }
  const noun = field.meta.object ?? 'entry';
  return (
    <fieldset className="space-y-2">
      <legend className="text-xs font-medium text-muted">{common.label}</legend>
      {entries.map((entry, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: terms have no other identity
        <fieldset key={index} className="grid gap-3 rounded-md border border-line p-3">
          <legend className="px-1 text-xs text-muted">
            {noun} {index + 1}
          </legend>
          {item.kind !== 'list' && (
            <ObjectForm fields={objectOf(item, entry)?.fields ?? []} path={[...path, index]} list={list} />
          )}
          <Button
            size="small"
            className="justify-self-start"
            onClick={() =>
              change((draft) =>
                setAt(
                  draft,
                  path,
                  entries.filter((_, other) => other !== index),
                ),
              )
            }
          >
            <Trash2 aria-hidden className="size-3.5" /> Remove {noun.toLowerCase()}
          </Button>
        </fieldset>
      ))}
      <Button size="small" onClick={() => change((draft) => setAt(draft, path, [...entries, blankEntry(item)]))}>
        <Plus aria-hidden className="size-3.5" /> Add {noun.toLowerCase()}
      </Button>
    </fieldset>
  );
}
