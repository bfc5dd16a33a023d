package io.tillstream.simulator.subscription;

import io.tillstream.simulator.api.Params;
import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.customer.CustomerCurrencies;
import io.tillstream.simulator.invoice.InvoiceLine;
import io.tillstream.simulator.invoice.InvoiceRequest;
import io.tillstream.simulator.proration.Period;
import io.tillstream.simulator.state.BillingTime;
import io.tillstream.simulator.state.Json;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** Works out what the next invoice of a plan would bill. */
@Component
class PreviewCalculator {
    private final BillingTime time;
    private final NewSubscriptions creation;
    private final Updates updates;
    private final Changes changes;
    private final Billing billing;
    private final Extras extras;
    private final Coupled coupled;
    private final CustomerCurrencies currencies;

    PreviewCalculator(
            BillingTime time,
            NewSubscriptions creation,
            Updates updates,
            Changes changes,
            Billing billing,
            Extras extras,
            Coupled coupled,
            CustomerCurrencies currencies) {
        this.currencies = currencies;
        this.time = time;
        this.creation = creation;
        this.updates = updates;
        this.changes = changes;
        this.billing = billing;
        this.extras = extras;
        this.coupled = coupled;
    }

    /** Of a subscription that is to be made: its first one, or, of what recurs, that of a whole period. */
    InvoiceRequest first(PreviewInput planned, @Nullable String currency, boolean recurring) {
        long at = planned.at();
        Params wanted = planned.details();
        ObjectNode all = wanted.tree().deepCopy();
        all.put("customer", planned.customer());
        if (currency != null) {
            all.put("currency", currency);
        }
        ObjectNode subscription = begun(new Params(all), planned);
        if (!planned.customer().equals(NewSubscriptions.NOBODY)) {
            currencies.refuseOther(planned.customer(), Json.textOf(subscription, "currency"));
        }
        List<InvoiceLine> lines = recurring
                ? new ArrayList<>(billing.lines(
                        subscription, Subscriptions.cycle(subscription).containing(at)))
                : creation.firstLines(subscription, wanted, at);
        if (!recurring) {
            lines.addAll(extras.lines(wanted, subscription, at));
        }
        InvoiceRequest bill = billing.request(subscription, "subscription_create", new Period(at, at), lines, true);
        return coupled.lowered(bill, wanted);
    }

    /** A refusal names the parameter as the caller wrote it. */
    private ObjectNode begun(Params all, PreviewInput planned) {
        try {
            return planned.customer().equals(NewSubscriptions.NOBODY)
                    ? creation.read(all, NewSubscriptions.NOBODY, planned.at())
                    : creation.read(all, planned.at());
        } catch (StripeError refused) {
            String param = Json.text(refused.error(), "param");
            int end = param == null ? -1 : param.indexOf('[');
            String name = param == null || end < 0 ? param : param.substring(0, end);
            if (param == null || name == null || !planned.details().has(name)) {
                throw refused;
            }
            throw refused.with("param", planned.details().param(name) + param.substring(name.length()));
        }
    }

    /** Of nothing but what the request names, for somebody whom nothing recurs for. */
    InvoiceRequest single(String customer, String currency, long now) {
        return new InvoiceRequest(
                customer,
                currency,
                "upcoming",
                null,
                Json.object(),
                now,
                now,
                List.of(),
                "charge_automatically",
                null,
                null,
                List.of(),
                true,
                null,
                Json.array(List.of()));
    }

    /** Of one that runs: what a change bills at once, or the next renewal with what waits for it. */
    InvoiceRequest next(ObjectNode subscription, PreviewInput planned, boolean recurring) {
        Params wanted = planned.details();
        Period over = Subscriptions.period(subscription);
        if (wanted.isTrue("cancel_now")) {
            return ended(subscription, wanted, over);
        }
        Change change = updates.planned(subscription, wanted, planned.at());
        Params lowering = wanted;
        List<InvoiceLine> waiting = new ArrayList<>();
        List<InvoiceLine> more = new ArrayList<>(extras.lines(wanted, change.after(), planned.at()));
        long at = planned.at();
        for (PreviewInput.Step step : planned.steps()) {
            boolean told = change.billed() && !recurring;
            if (told || step.at() > Subscriptions.period(change.after()).end()) {
                break;
            }
            waiting.addAll(change.prorations());
            waiting.addAll(more);
            at = step.at();
            Params details = new Params(step.details().apply(change.after()));
            change = updates.planned(change.after(), details, at);
            more = extras.lines(details, change.after(), at);
            lowering = details.has("discounts") ? details : lowering;
        }
        if (change.billed() && !recurring) {
            List<InvoiceLine> lines = new ArrayList<>(waiting);
            lines.addAll(Updates.lines(change, more));
            InvoiceRequest bill =
                    billing.request(change.after(), "subscription_update", new Period(over.start(), at), lines, true);
            return coupled.lowered(bill, lowering);
        }
        waiting.addAll(change.prorations());
        waiting.addAll(more);
        return coupled.lowered(renewal(change, waiting, recurring), lowering);
    }

    private InvoiceRequest renewal(Change change, List<InvoiceLine> waiting, boolean recurring) {
        ObjectNode after = change.after();
        boolean ends = Json.present(after, "cancel_at")
                && Json.number(after, "cancel_at") <= change.period().end();
        if (ends || !SubscriptionStatus.of(after).running()) {
            if (recurring || (waiting.isEmpty() && !billing.hasPending(change.before()))) {
                throw none(Json.textOf(after, "customer"));
            }
            return billing.request(after, "upcoming", change.period(), waiting, true);
        }
        List<InvoiceLine> lines = new ArrayList<>(recurring ? List.of() : waiting);
        lines.addAll(billing.renewal(after).lines());
        return billing.request(after, "upcoming", change.period(), lines, true);
    }

    private InvoiceRequest ended(ObjectNode subscription, Params wanted, Period over) {
        long now = time.now();
        boolean credited = !"none".equals(wanted.text("proration_behavior"));
        List<InvoiceLine> credits = credited ? changes.credits(subscription, now) : List.of();
        return billing.request(subscription, "upcoming", new Period(over.start(), now), credits, true);
    }

    static StripeError none(String customer) {
        return StripeError.of(
                404,
                "invalid_request_error",
                "invoice_upcoming_none",
                "No upcoming invoices for customer: " + customer);
    }
}
