// A shop's client of every endpoint, compiled against the types made from the API document. It is never run: what is
// typed wrong there does not compile here.
import createClient from "openapi-fetch";
import type { components, paths } from "./api.js";

type Schemas = components["schemas"];

const api = createClient<paths>({ baseUrl: "http://localhost:8080", headers: { Authorization: "Bearer …" } });
const key = () => ({ "Idempotency-Key": crypto.randomUUID() });
const by = (id: string) => ({ params: { path: { id } } });
const keyed = (id: string) => ({ params: { path: { id }, header: key() } });
const successUrl = "http://localhost:8080/paid";
const cancelUrl = "http://localhost:8080/cart";

/** Whatever was refused is a problem, whichever endpoint refused it. */
function refused(problem: Schemas["Problem"]): never {
  const fields: { field: string; message: string }[] = problem.errors ?? [];
  throw new Error(`${problem.status} ${problem.code} ${problem.requestId} ${fields.map((one) => one.field)}`);
}

function all<Row>(page: { data: Row[]; nextCursor: string | null }): Row[] {
  return page.data;
}

function money(amount: Schemas["Money"]): string {
  return `${amount.amount} ${amount.currency}`;
}

export async function catalog() {
  const config = await api.GET("/api/config");
  const key: string = config.data?.publishableKey ?? refused(config.error!);

  const products = await api.GET("/api/products", { params: { query: { limit: 3, cursor: "x" } } });
  if (products.error) refused(products.error);
  const product: Schemas["Product"] = all(products.data)[0]!;
  const one = await api.GET("/api/products/{id}", by(product.id));
  const price = { amount: 2450, currency: "usd" };
  const body = { name: "Slow Lines", description: "Railways that take their time.", price };
  const added = await api.POST("/api/products", { params: { header: {} }, body });
  const changed = await api.PUT("/api/products/{id}", { ...by("slow-lines"), body });

  const plans = await api.GET("/api/plans");
  if (plans.error) refused(plans.error);
  const plan: Schemas["Plan"] = all(plans.data)[0]!;
  const interval: "day" | "week" | "month" | "year" = plan.interval;
  const features: string[] = plan.features;
  const same = await api.GET("/api/plans/{id}", by(plan.id));
  const terms = { name: "Studio", interval, prices: [price], features };
  const made = await api.POST("/api/plans", { params: { header: {} }, body: terms });
  const replaced = await api.PUT("/api/plans/{id}", { ...by("studio-monthly"), body: terms });

  // @ts-expect-error a plan has no single price
  plan.price;
  // @ts-expect-error a product has no interval
  product.interval;
  return [one.data?.imageUrl, added.data?.id, changed.data?.active, same.data?.trialDays, made.data, replaced.data];
}

export async function orders() {
  const items = [{ productId: "tidal-maps", quantity: 2 }];
  const placed = await api.POST("/api/orders", {
    params: { header: key() },
    body: { items, payment: { method: "card", paymentMethodId: "pm_card_visa" } },
  });
  if (placed.error) refused(placed.error);
  const order: Schemas["Order"] = placed.data;
  if (order.status === "paid") money(order.total);
  // @ts-expect-error no order is ever so
  if (order.status === "shipped") return;
  // @ts-expect-error an order without items is none
  await api.POST("/api/orders", { params: { header: key() }, body: {} });
  // @ts-expect-error money is moved with a key only
  await api.POST("/api/orders", { body: { items } });
  // @ts-expect-error no such way to pay
  await api.POST("/api/orders/{id}/payments", { ...keyed(order.id), body: { method: "cash" } });

  const own = await api.GET("/api/orders", { params: { query: { limit: 5 } } });
  const lines = own.data ? all(own.data).flatMap((one) => one.lines.map((line) => line.quantity)) : [];
  const found = await api.GET("/api/orders/{id}", by(order.id));
  const paid = await api.POST("/api/orders/{id}/payments", { ...keyed(order.id), body: { method: "payment_element" } });
  const secret: string | undefined = paid.data?.clientSecret;
  const settled = await api.GET("/api/orders/{id}/settlement", {
    params: { path: { id: order.id }, query: { wait: "20s", since: 1 } },
  });
  const canceled = await api.POST("/api/orders/{id}/cancel", keyed(order.id));
  const timeline = await api.GET("/api/orders/{id}/timeline", by(order.id));
  const refund = await api.POST("/api/orders/{id}/refunds", {
    ...keyed(order.id),
    body: { amount: 500, reason: "requested_by_customer" },
  });
  const searched = await api.GET("/api/admin/orders", { params: { query: { userId: "alice", status: "paid" } } });
  const any = await api.GET("/api/admin/orders/{id}", by(order.id));
  return [lines, found.data, secret, settled.data, canceled.data?.canceledAt, timeline.data?.data, refund.data?.status,
    searched.data?.nextCursor, any.data?.userId];
}

export async function pages(orderId: string) {
  const open = (body: paths["/api/checkout/sessions"]["post"]["requestBody"]["content"]["application/json"]) =>
    api.POST("/api/checkout/sessions", { params: { header: {} }, body });
  const forOrder = await open({ mode: "payment", orderId, successUrl, cancelUrl });
  const forPlan = await open({ mode: "subscription", planId: "pro-yearly", successUrl, cancelUrl });
  const forCard = await open({ mode: "setup", successUrl, cancelUrl });
  // @ts-expect-error nothing is paid on a page without what is paid
  await open({ mode: "payment", successUrl, cancelUrl });
  const session = forPlan.data;
  const subscription = session && "subscriptionId" in session ? session.subscriptionId : undefined;
  const id: string = forOrder.data?.id ?? refused(forOrder.error!);
  const now = await api.GET("/api/checkout/sessions/{id}", by(id));
  const portal = await api.POST("/api/billing-portal/sessions", {
    params: { header: {} },
    body: { returnUrl: "http://localhost:8080/account" },
  });
  return [subscription, forCard.data?.url, now.data?.paymentStatus, portal.data?.url];
}

export async function customers() {
  const address = { line1: "1 Rabbit Hole", city: "Oxford", postalCode: "OX1 1AA", country: "GB" };
  const registered = await api.POST("/api/customers", {
    params: { header: {} },
    body: { name: "Alice Liddell", email: "alice@example.com", address },
  });
  const me = await api.GET("/api/customers/me");
  const changed = await api.PATCH("/api/customers/me", { body: { name: "Alice Hargreaves" } });
  const gone = await api.DELETE("/api/customers/me");
  return [registered.data?.id, me.data?.defaultPaymentMethodId, changed.data?.address?.city, gone.response.status];
}

export async function cards() {
  const saved = await api.POST("/api/payment-methods", { params: { header: {} }, body: { paymentMethodId: "pm_card_visa" } });
  if (saved.error) refused(saved.error);
  const card: Schemas["PaymentMethod"] = saved.data;
  const listed = await api.GET("/api/payment-methods");
  const intent = await api.POST("/api/payment-methods/setup-intents", { params: { header: {} } });
  const usual = await api.PUT("/api/payment-methods/{id}", { ...by(card.id), body: { setAsDefault: true } });
  const removed = await api.DELETE("/api/payment-methods/{id}", by(card.id));
  return [card.lastFour, listed.data?.nextCursor, intent.data?.clientSecret, usual.data?.isDefault, removed.response.ok];
}

export async function payments() {
  const own = await api.GET("/api/payments");
  const payment: Schemas["Payment"] | undefined = own.data?.data[0];
  const one = await api.GET("/api/payments/{id}", by("…"));
  const refunds = one.data?.refunds.map((refund) => refund.status);
  const searched = await api.GET("/api/admin/payments", { params: { query: { orderId: "…" } } });
  const owed = await api.GET("/api/admin/payments/owed-refunds", { params: { query: { attention: true } } });
  const ofInvoices = await api.GET("/api/admin/invoices/owed-refunds", { params: { query: { attention: true } } });
  const late = ofInvoices.data?.data[0];
  const paidByHand: { body: Schemas["RefundDismissalRequest"] } = { body: { reason: "paid_outside_of_stripe" } };
  const dismissed = await api.POST("/api/admin/payments/owed-refunds/{id}/dismissal", { ...keyed("…"), ...paidByHand });
  const ofInvoice = await api.POST("/api/admin/invoices/owed-refunds/{id}/dismissal", { ...keyed("…"), ...paidByHand });
  const who: (string | undefined)[] = [dismissed.data?.by, ofInvoice.data?.reason, late?.dismissals[0]?.by];
  return [payment?.failure?.retryable, refunds, searched.data?.data[0]?.surplus, owed.data?.data[0]?.purpose, late?.attention, who];
}

export async function subscriptions() {
  const started = await api.POST("/api/subscriptions", {
    params: { header: key() },
    body: { planId: "pro-monthly", quantity: 2, currency: "usd", expectedAmount: 2900 },
  });
  if (started.error) refused(started.error);
  const subscription: Schemas["Subscription"] = started.data;
  const id = subscription.id;
  const secretFor: "payment" | "setup" | undefined = subscription.clientSecretFor;
  const own = await api.GET("/api/subscriptions", { params: { query: { status: "active" } } });
  const found = await api.GET("/api/subscriptions/{id}", by(id));
  const settled = await api.GET("/api/subscriptions/{id}/settlement", { params: { path: { id }, query: { wait: "20s" } } });
  const timeline = await api.GET("/api/subscriptions/{id}/timeline", by(id));
  const quoted = await api.POST("/api/subscriptions/{id}/quote", { ...by(id), body: { planId: "pro-yearly" } });
  const changed = await api.POST("/api/subscriptions/{id}/change", {
    ...keyed(id),
    body: { quote: quoted.data?.quote ?? refused(quoted.error!) },
  });
  const revoked = await api.POST("/api/subscriptions/{id}/change/revoke", keyed(id));
  const canceled = await api.POST("/api/subscriptions/{id}/cancel", { ...keyed(id), body: { when: "period_end" } });
  const resumed = await api.POST("/api/subscriptions/{id}/resume", keyed(id));
  const paused = await api.POST("/api/subscriptions/{id}/pause", { ...keyed(id), body: {} });
  const card = await api.PUT("/api/subscriptions/{id}/payment-method", { ...by(id), body: { paymentMethodId: "pm_…" } });
  const entitlements = await api.GET("/api/entitlements");
  const grade: "full" | "limited" | undefined = entitlements.data?.data[0]?.grade;
  const stopped = await api.POST("/api/admin/subscriptions/{id}/pause", { ...keyed(id), body: { behavior: "void" } });
  const going = await api.POST("/api/admin/subscriptions/{id}/resume", keyed(id));
  const searched = await api.GET("/api/admin/subscriptions", { params: { query: { planId: "pro-monthly" } } });
  const any = await api.GET("/api/admin/subscriptions/{id}", by(id));
  return [secretFor, own.data, found.data?.pause?.until, settled.data?.state, timeline.data?.data[0]?.kind,
    changed.data?.pendingChange, revoked.data, canceled.data, resumed.data, paused.data, card.data, grade,
    stopped.data?.pause?.behavior, going.data, searched.data, any.data?.stripeSubscriptionId];
}

export async function invoices(subscriptionId: string) {
  const own = await api.GET("/api/invoices", { params: { query: { subscriptionId } } });
  const invoice: Schemas["Invoice"] = own.data?.data[0] ?? refused(own.error!);
  const one = await api.GET("/api/invoices/{id}", by(invoice.id));
  const next = await api.GET("/api/invoices/upcoming", { params: { query: { subscriptionId } } });
  const paid = await api.POST("/api/invoices/{id}/pay", { ...keyed(invoice.id), body: {} });
  const back = await api.POST("/api/admin/invoices/{id}/refunds", { ...keyed(invoice.id), body: { amount: 100 } });
  return [invoice.lines[0]?.proration, one.data?.hostedUrl, next.data && money(next.data.total), paid.data?.actionRequired,
    back.data?.status];
}

export async function console() {
  const flow = await api.GET("/api/admin/event-flow");
  const service = { service: "payments" } as const;
  const dead = await api.GET("/api/admin/dead-letters", { params: { query: service } });
  const replayed = await api.POST("/api/admin/dead-letters/replay", {
    params: { query: service, header: key() },
    body: { type: "charge.refunded", since: "2026-08-01T10:00:00Z" },
  });
  const parked = await api.GET("/api/admin/parked-events", { params: { query: { ...service, limit: 5 } } });
  const customers = await api.GET("/api/admin/customers", { params: { query: { lastFour: "4242" } } });
  const payment = await api.GET("/api/admin/payments/{id}", by("…"));
  return [flow.data?.services[0]?.lag, dead.data?.data[0]?.isApplied, replayed.data?.replayed, parked.data?.data.length, customers.data?.data[0]?.stripeCustomerId,
    payment.data?.timeline.length];
}

export async function drift() {
  const service = { service: "subscriptions" } as const;
  const asked = await api.POST("/api/admin/drift-reports", {
    params: { query: service, header: key() },
    body: { from: "2026-08-01T10:00:00Z", until: "2026-08-02T10:00:00Z" },
  });
  const all = await api.GET("/api/admin/drift-reports", { params: { query: { ...service, limit: 5 } } });
  const id = asked.data?.id ?? refused(asked.error!);
  const one = await api.GET("/api/admin/drift-reports/{id}", { params: { path: { id }, query: service } });
  const repair = await api.POST("/api/admin/drift-reports/{id}/repair", { params: { path: { id }, query: service, header: key() } });
  return [all.data?.data[0]?.finishedAt, one.data?.data.length, one.data?.report.progress, repair.data?.status];
}

export async function endpoint() {
  const ours = await api.GET("/api/admin/stripe-endpoint");
  const repaired = await api.POST("/api/admin/stripe-endpoint/repair");
  return [ours.data?.missingEvents.length, ours.data?.status, repaired.data?.action, repaired.data?.secret];
}

export async function replays(aggregateId: string) {
  const service = { service: "orders" } as const;
  const counted = await api.POST("/api/admin/event-replays", {
    params: { query: service, header: key() },
    body: { consumer: "fulfilment", aggregateId, dryRun: true },
  });
  const all = await api.GET("/api/admin/event-replays", { params: { query: { ...service, limit: 5 } } });
  const id = all.data?.data[0]?.id ?? "…";
  const one = await api.GET("/api/admin/event-replays/{id}", { params: { path: { id }, query: service } });
  const status: "dry_run" | "running" | "done" | "failed" | undefined = one.data?.status;
  return [counted.data?.events, counted.data?.historyFrom, status];
}

export async function policies() {
  const blocked = [{ after: "0d", grade: "blocked" }];
  const preview = await api.POST("/api/admin/policy-previews", {
    params: { header: key() },
    body: { policy: { past_due: [{ after: "0d", grade: "full" }], unpaid: blocked, paused: blocked, collection_paused: blocked } },
  });
  const id = preview.data?.id ?? refused(preview.error!);
  const shown = await api.GET("/api/admin/policy-previews/{id}", by(id));
  const changes = await api.GET("/api/admin/policy-previews/{id}/changes", by(id));
  const adopted = await api.POST("/api/admin/policy-previews/{id}/adoption", { ...keyed(id), body: {} });
  return [shown.data?.changes[0]?.subscriptions, changes.data?.data[0]?.changesAt, adopted.data?.startsAt];
}

export async function webhook(event: Record<string, never>) {
  const kept = await api.POST("/webhooks/stripe", { params: { header: { "Stripe-Signature": "t=1,v1=…" } }, body: event });
  return kept.data?.received;
}
