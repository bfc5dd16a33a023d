// Writes what Stripe publishes of its API's objects and requests: see ./write.
//
//   node write.mjs STRIPE_PACKAGE OBJECTS_FILE REQUESTS_FILE
//
// STRIPE_PACKAGE is the unpacked npm package `stripe`, whose types Stripe generates from its OpenAPI specification
// (the file OPENAPI_VERSION in it says from which). Only facts are taken: names, types, words, what may be null or missing.
import fs from 'node:fs';
import path from 'node:path';
import { createRequire } from 'node:module';

const ts = createRequire(path.join(process.cwd(), 'package.json'))('typescript');
const [pkg, objectsFile, requestsFile] = process.argv.slice(2);
const resources = path.join(pkg, 'cjs', 'resources');

// The objects that the simulator has.
const OBJECTS = `balance balance_transaction billing.meter billing.meter_event billing.meter_event_adjustment
  billing_portal.configuration billing_portal.session card cash_balance charge checkout.session coupon credit_note
  credit_note_line_item customer customer_balance_transaction customer_cash_balance_transaction discount dispute
  entitlements.active_entitlement entitlements.active_entitlement_summary entitlements.feature event file file_link invoice
  invoice_payment invoiceitem item line_item mandate payment_intent payment_link payment_method payout plan price product
  product_feature promotion_code quote radar.early_fraud_warning refund setup_attempt setup_intent subscription
  subscription_item subscription_schedule tax_rate test_helpers.test_clock token webhook_endpoint`.split(/\s+/);

// The resources whose requests are told: those that a shop's services and the simulator speak of.
const REQUESTS = /^\/v1\/(balance|billing|billing_portal|charges|checkout|coupons|credit_notes|customers|disputes|entitlements|events|files|file_links|invoice_payments|invoiceitems|invoices|mandates|payment_intents|payment_links|payment_methods|payouts|plans|prices|products|promotion_codes|quotes|radar\/early_fraud_warnings|refunds|setup_attempts|setup_intents|subscription_items|subscription_schedules|subscriptions|tax_rates|test_helpers\/(test_clocks|customers)|tokens|webhook_endpoints)(\/|$)/;

// What is paid by a method that the simulator has not is left out, with all that is in it.
const METHODS = new Set(['acss_debit', 'card', 'customer_balance', 'link', 'sepa_debit', 'us_bank_account', 'card_present']);

const files = fs.readdirSync(resources, { recursive: true })
  .filter(name => name.endsWith('.d.ts') && !name.startsWith('V2'))
  .map(name => path.join(resources, name)).sort();
const program = ts.createProgram(files, { strict: true, noLib: false, skipLibCheck: true, target: ts.ScriptTarget.ES2022 });
const checker = program.getTypeChecker();

const exported = files.flatMap(file => program.getSourceFile(file).statements
  .filter(node => ts.isInterfaceDeclaration(node))
  .map(node => ({ name: node.name.text, type: checker.getTypeAtLocation(node.name) })));

const optional = symbol => (symbol.flags & ts.SymbolFlags.Optional) !== 0;
const typeOf = symbol => checker.getTypeOfSymbol(symbol);
const parts = type => type.isUnion() ? type.types : [type];
const lacksMethod = new Set(parts(typeOf(exported.find(one => one.name === 'PaymentMethod').type.getProperty('type')))
  .filter(one => one.isStringLiteral()).map(one => one.value).filter(name => !METHODS.has(name)));

/** `charge` of an interface whose field `object` has one word; a deleted object is `deleted customer`. */
function objectName(type) {
  const field = type.getProperty && type.getProperty('object');
  if (!field) return undefined;
  const words = parts(typeOf(field)).filter(one => one.isStringLiteral());
  if (words.length !== 1 || words[0].value === 'list') return undefined;
  const deleted = type.getProperty('deleted');
  return deleted && !optional(deleted) ? 'deleted ' + words[0].value : words[0].value;
}

/** The kinds of a type, and the interface or interfaces whose fields stand below it. */
function kinds(type, sent) {
  const found = new Set();
  const words = new Set();
  const below = [];
  for (const one of parts(type)) {
    const name = one.symbol && one.symbol.name;
    if (one.flags & (ts.TypeFlags.Undefined | ts.TypeFlags.Void)) continue;
    if (one.flags & (ts.TypeFlags.Unknown | ts.TypeFlags.Any)) found.add('any');
    else if (one.flags & ts.TypeFlags.Null) found.add(sent ? 'unset' : 'null');
    else if (one.isStringLiteral()) one.value === '' ? found.add('unset') : words.add(one.value);
    else if (one.flags & ts.TypeFlags.BooleanLiteral || one.flags & ts.TypeFlags.Boolean) found.add('boolean');
    else if (one.isNumberLiteral() || one.flags & ts.TypeFlags.Number) found.add('number');
    else if (one.flags & ts.TypeFlags.String) found.add('string');
    else if (one.isIntersection()) {
      // "another word": Stripe may add one; not for what a stand-in says. A number as a text is the other intersection.
      if (one.types.some(part => part.symbol && part.symbol.name === 'DecimalImpl')) found.add('decimal');
    } else if (name === 'Decimal' || name === 'DecimalImpl') found.add('decimal');
    else if (checker.isArrayType(one)) {
      const element = kinds(checker.getTypeArguments(one)[0], sent);
      found.add('list ' + (element.found.length > 1 ? element.found.join('/') : element.found[0]));
      below.push(...element.below);
    } else if (name === 'ApiList') {
      const element = kinds(checker.getTypeArguments(one)[0], sent);
      found.add('page ' + element.found.join('/'));
    } else if (checker.getIndexInfoOfType(one, ts.IndexKind.String)) {
      const value = kinds(checker.getIndexInfoOfType(one, ts.IndexKind.String).type, sent);
      found.add('map ' + value.found.join('/'));
      below.push(...value.below);
    } else if (!sent && objectName(one)) found.add('@' + objectName(one));
    else if (name === 'Uint8Array' || name === 'Buffer' || name === 'FileData') found.add('file');
    else {
      found.add('object');
      below.push(one);
    }
  }
  if (words.size) found.add('=' + [...words].sort().join('|'));
  return { found: [...found].sort(), below };
}

function write(types, indent, out, sent, within) {
  const fields = new Map();
  for (const type of types) for (const field of checker.getPropertiesOfType(type)) if (!fields.has(field.name)) fields.set(field.name, field);
  for (const name of [...fields.keys()].sort()) {
    const field = fields.get(name);
    if (optional(field) && lacksMethod.has(name)) continue;
    const { found, below } = kinds(typeOf(field), sent);
    if (!found.length) continue; // "void": it is never there
    out.push(`${indent}${name}${optional(field) ? '?' : ''} ${found.join(', ')}`);
    const deeper = below.filter(one => !within.includes(one));
    if (deeper.length) write(deeper, indent + ' ', out, sent, [...within, ...deeper]);
  }
}

const version = fs.readFileSync(path.join(pkg, 'OPENAPI_VERSION'), 'utf8').trim();
const api = /'(\d{4}-\d\d-\d\d\.[a-z]+)'/.exec(fs.readFileSync(path.join(pkg, 'cjs', 'apiVersion.js'), 'utf8'))[1];
const library = JSON.parse(fs.readFileSync(path.join(pkg, 'package.json'), 'utf8')).version;
const source = `# Stripe's API ${api}, OpenAPI specification ${version}, by the types of its npm package stripe ${library}`;

const objects = new Map();
for (const { type } of exported) {
  const name = objectName(type);
  if (name && OBJECTS.includes(name.replace('deleted ', '')) && !objects.has(name)) objects.set(name, type);
}
const missing = OBJECTS.filter(name => !objects.has(name));
if (missing.length) throw new Error('not found: ' + missing);
const lines = [source];
for (const name of [...objects.keys()].sort()) {
  lines.push(name);
  write([objects.get(name)], ' ', lines, false, [objects.get(name)]);
}
fs.writeFileSync(objectsFile, lines.join('\n') + '\n');

// Requests: the method's body in the .js says where it goes, its declaration in the .d.ts what it takes.
const requests = new Map();
for (const file of files) {
  const body = fs.readFileSync(file.replace(/\.d\.ts$/, '.js'), 'utf8');
  for (const node of program.getSourceFile(file).statements) {
    if (!ts.isClassDeclaration(node)) continue;
    for (const member of node.members) {
      if (!ts.isMethodDeclaration(member)) continue;
      const name = member.name.getText();
      const at = body.search(new RegExp(`^    ${name}\\([^)]*\\) {$`, 'm'));
      const call = at < 0 ? null : /_make(?:Request|PaginatedRequest)?\w*\('(GET|POST|DELETE)', [`']([^`']+)[`']/.exec(body.slice(at, at + 400));
      if (!call) continue;
      const address = call[2].replace(/\$\{[^}]*\}/g, '{}');
      if (!REQUESTS.test(address)) continue;
      const params = member.parameters.find(one => one.name.getText() === 'params');
      requests.set(`${call[1]} ${address}`, params && checker.getTypeAtLocation(params));
    }
  }
}
const sent = [source];
for (const operation of [...requests.keys()].sort()) {
  sent.push(operation);
  const type = requests.get(operation);
  if (type) {
    const [one] = parts(type).filter(each => !(each.flags & ts.TypeFlags.Undefined));
    write([one], ' ', sent, true, [one]);
  }
}
fs.writeFileSync(requestsFile, sent.join('\n') + '\n');
