package io.tillstream.simulator.subscription;

import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.customer.CustomerCurrencies;
import io.tillstream.simulator.customer.Customers;
import io.tillstream.simulator.discount.Discounts;
import io.tillstream.simulator.invoice.InvoiceLine;
import io.tillstream.simulator.invoice.Invoicing.Collected;
import io.tillstream.simulator.proration.Period;
import io.tillstream.simulator.state.BillingTime;
import io.tillstream.simulator.state.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Set;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** From the request for a subscription to its first invoice and what comes of that. */
@Component
public class NewSubscriptions {
    /** Not of the API: the first invoice is a draft for an hour, as that of a renewal. */
    public static final String AS_RENEWAL = "as_renewal";

    static final String NOBODY = ""; // no customer has this id

    private static final String ONLY_IF_PAID = "error_if_incomplete";

    private static final Set<String> PAID_AT_ONCE = Set.of("allow_incomplete", ONLY_IF_PAID);

    private final BillingTime time;
    private final Customers customers;
    private final Subscriptions subscriptions;
    private final SubscriptionItems items;
    private final Extras extras;
    private final Terms terms;
    private final Coupled coupled;
    private final Billing billing;
    private final Setups setups;
    private final CustomerCurrencies currencies;

    NewSubscriptions(
            BillingTime time,
            Customers customers,
            Subscriptions subscriptions,
            SubscriptionItems items,
            Extras extras,
            Terms terms,
            Coupled coupled,
            Billing billing,
            Setups setups,
            CustomerCurrencies currencies) {
        this.time = time;
        this.customers = customers;
        this.subscriptions = subscriptions;
        this.items = items;
        this.extras = extras;
        this.terms = terms;
        this.coupled = coupled;
        this.billing = billing;
        this.setups = setups;
        this.currencies = currencies;
        currencies.usedBy(
                customer -> subscriptions.livingOf(customer).stream().map(each -> Json.textOf(each, "currency")));
    }

    /** With the parameters of {@code POST /v1/subscriptions}. */
    public ObjectNode create(Params params) {
        long now = time.now();
        String behavior = behavior(params);
        params.needless("proration_behavior"); // without a part of a period nothing is prorated
        ObjectNode subscription = read(params, now);
        List<Discounts.Wanted> wanted = coupled.wanted(params, subscription);
        List<InvoiceLine> lines = firstLines(subscription, params, now);
        lines.addAll(extras.lines(params, subscription, now));
        boolean due = lines.stream().mapToLong(InvoiceLine::amount).sum() > 0;
        boolean charged = due && !Subscriptions.sendsInvoices(subscription) && !Dates.isTrial(subscription, now);
        if (charged && PAID_AT_ONCE.contains(behavior) && !billing.hasMethod(subscription)) {
            throw noMethod();
        }
        currencies.refuseOther(Json.textOf(subscription, "customer"), Json.textOf(subscription, "currency"));
        subscriptions.store().add(subscription);
        try {
            return begin(subscription, params, wanted, lines, charged);
        } catch (StripeError refused) {
            subscriptions.store().delete(Json.textOf(subscription, "id"), null); // what was refused is not there
            throw refused;
        }
    }

    private ObjectNode begin(
            ObjectNode subscription,
            Params params,
            List<Discounts.Wanted> wanted,
            List<InvoiceLine> lines,
            boolean charged) {
        long now = time.now();
        String id = Json.textOf(subscription, "id");
        String behavior = behavior(params);
        List<String> discounts = coupled.prepare(subscription, wanted);
        boolean onlyIfPaid = behavior.equals(ONLY_IF_PAID);
        if (!onlyIfPaid) {
            coupled.use(wanted, discounts);
        }
        ObjectNode stored = subscriptions.changeQuietly(id, each -> {
            each.set("discounts", Json.array(discounts));
            each.put("status", firstStatus(each, charged && !behavior.equals(AS_RENEWAL), now));
        });
        String invoice = billing.draft(
                stored,
                "subscription_create",
                new Period(now, now),
                lines,
                Subscriptions.sendsInvoices(stored) || behavior.equals(AS_RENEWAL));
        long owed = Json.number(billing.invoice(invoice), "amount_due");
        subscriptions.changeQuietly(id, each -> {
            each.put("latest_invoice", invoice);
            billing.settle(each, lines, now);
            if (owed == 0 && SubscriptionStatus.of(each) == SubscriptionStatus.INCOMPLETE) {
                each.put("status", SubscriptionStatus.ACTIVE.text());
            }
        });
        if (owed == 0 && setups.wanted(stored, behavior)) {
            setups.begin(id);
        }
        ObjectNode begun = firstPayment(id, invoice, behavior, params);
        if (onlyIfPaid) {
            coupled.use(wanted, discounts);
        }
        return begun;
    }

    private ObjectNode firstPayment(String id, String invoice, String behavior, Params params) {
        boolean all = behavior.equals(ONLY_IF_PAID);
        if (!all) {
            subscriptions.tell("customer.subscription.created", id);
        }
        ObjectNode subscription = subscriptions.store().get(id);
        if (Subscriptions.sendsInvoices(subscription) || behavior.equals(AS_RENEWAL)) {
            return subscription;
        }
        billing.invoicing().finalizeInvoice(invoice);
        boolean open = Json.is(billing.invoice(invoice), "status", "open");
        if (open && !behavior.equals("default_incomplete")) {
            Collected collected = billing.invoicing().collect(invoice, Payments.confirmation(params));
            if (all && collected != Collected.PAID) {
                billing.invoicing().voidInvoice(invoice);
                throw Payments.unpaid(collected);
            }
        }
        if (all) {
            subscriptions.tell("customer.subscription.created", id);
        }
        return subscriptions.store().get(id);
    }

    private static String behavior(Params params) {
        String behavior = params.oneOf(
                "payment_behavior",
                AS_RENEWAL,
                "allow_incomplete",
                "default_incomplete",
                ONLY_IF_PAID,
                "pending_if_incomplete");
        if ("pending_if_incomplete".equals(behavior)) {
            throw StripeError.invalid(
                    null,
                    "`payment_behavior=pending_if_incomplete` is only used with updates and cannot be passed when"
                            + " creating a Subscription.",
                    "payment_behavior");
        }
        return Objects.requireNonNullElse(behavior, "allow_incomplete");
    }

    /** Refuses what no subscription can be made of; none is made. Without a customer it is for one who is still to come. */
    public void check(Params params) {
        long now = time.now();
        ObjectNode subscription = params.has("customer") ? read(params, now) : read(params, NOBODY, now);
        List<Discounts.Wanted> unused = coupled.wanted(params, subscription);
        List<InvoiceLine> unusedLines = extras.lines(params, subscription, now);
    }

    /** The subscription that the parameters ask for, with its items and dates; nothing is stored yet. */
    ObjectNode read(Params params, long now) {
        String customer = params.required("customer");
        boolean known = customers
                .store()
                .find(customer)
                .filter(each -> !Json.isTrue(each, "deleted"))
                .isPresent();
        if (!known) {
            throw StripeError.missingReference("customer", customer, "customer");
        }
        return read(params, customer, now);
    }

    ObjectNode read(Params params, String customer, long now) {
        ObjectNode subscription = SubscriptionJson.subscription(customer, now);
        subscription.put("test_clock", time.clock(customer));
        Params mode = params.child("billing_mode");
        if (mode != null && "classic".equals(mode.oneOf("type", "classic", "flexible"))) {
            subscription.set("billing_mode", Json.object().putNull("flexible").put("type", "classic"));
        }
        String currency = params.text("currency");
        subscription.put("currency", currency == null ? null : currency.toLowerCase(Locale.ROOT));
        List<Params> wanted = params.children("items");
        if (wanted.isEmpty()) {
            throw StripeError.malformed("parameter_missing", "Missing required param: items.", "items");
        }
        Subscriptions.setItems(subscription, items.after(subscription, wanted, now));
        if (currency == null) {
            ObjectNode first = Subscriptions.items(subscription).get(0);
            subscription.put("currency", Json.textOf(first.path("price"), "currency"));
        }
        terms.apply(params, subscription);
        Dates.begin(subscription, params, now);
        Terms.ending(params, subscription, now);
        return subscription;
    }

    private static String firstStatus(ObjectNode subscription, boolean charged, long now) {
        if (Dates.isTrial(subscription, now)) {
            return SubscriptionStatus.TRIALING.text();
        }
        return (charged ? SubscriptionStatus.INCOMPLETE : SubscriptionStatus.ACTIVE).text();
    }

    List<InvoiceLine> firstLines(ObjectNode subscription, Params params, long now) {
        Period period = Subscriptions.period(subscription);
        if (Dates.isTrial(subscription, now)) {
            return new ArrayList<>(billing.trial(subscription, period));
        }
        boolean free = "none".equals(params.text("proration_behavior"))
                && Subscriptions.cycle(subscription).containing(now).start() != now;
        return free ? new ArrayList<>() : new ArrayList<>(billing.lines(subscription, period));
    }

    static StripeError noMethod() {
        return StripeError.invalid(
                "resource_missing",
                "This customer has no attached payment source or default payment method. Please consider adding a default"
                        + " payment method. For more information, visit"
                        + " https://stripe.com/docs/billing/subscriptions/payment-methods-setting.",
                null);
    }
}
