package io.tillstream.simulator.invoice;

import io.tillstream.simulator.state.BillingTime;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Work;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** What follows a failed attempt: the next one on the agenda, until none is left. */
@Component
class Retries {
    /** From one attempt to the next. Stripe chooses the moment; these waits are the usual ones of its schedule. */
    private static final List<Duration> WAITS = List.of(Duration.ofDays(3), Duration.ofDays(5), Duration.ofDays(7));

    private final Invoices invoices;
    private final BillingTime time;
    private final List<Consumer<String>> givenUp = new ArrayList<>();
    private final Work retry;
    private Consumer<String> attempt = id -> {};

    Retries(Invoices invoices, BillingTime time) {
        this.invoices = invoices;
        this.time = time;
        this.retry = time.work("invoice.retry", with -> retry(with.get(0), Integer.parseInt(with.get(1))));
    }

    /** What makes an attempt. */
    void by(Consumer<String> attempts) {
        attempt = attempts;
    }

    void whenGivenUp(Consumer<String> listener) {
        givenUp.add(listener);
    }

    /** An attempt failed, by whomever it was made. */
    void failed(String id) {
        boolean last = recorded(id);
        invoices.tell("invoice.payment_failed", id);
        if (last) {
            givenUp.forEach(listener -> listener.accept(id));
        }
    }

    /** The buyer has to authenticate. If Stripe itself tried, that attempt counts as failed until they do. */
    void actionRequired(String id, boolean byBilling) {
        if (!byBilling) {
            invoices.change(id, Retries::attempted);
            invoices.tell("invoice.payment_action_required", id);
            return;
        }
        boolean last = recorded(id);
        invoices.tell("invoice.payment_action_required", id);
        invoices.tell("invoice.payment_failed", id);
        if (last) {
            givenUp.forEach(listener -> listener.accept(id));
        }
    }

    private static void attempted(ObjectNode invoice) {
        invoice.put("attempted", true);
        invoice.put("attempt_count", Math.max(1, Json.number(invoice, "attempt_count")));
    }

    /** Gives whether it was the last attempt. */
    private boolean recorded(String id) {
        ObjectNode before = invoices.store().get(id);
        boolean retried = advances(before) && Json.is(before, "status", "open");
        boolean planned = Json.present(before, "next_payment_attempt");
        boolean last = retried && !planned && Json.number(before, "attempt_count") > WAITS.size();
        invoices.change(id, invoice -> {
            attempted(invoice);
            if (last) {
                invoice.put("auto_advance", false);
            } else if (retried && !planned) {
                plan(id, invoice);
            }
        });
        invoices.delinquent(before, true);
        return last;
    }

    /** A subscription's first invoice is for the buyer to pay: it is not tried again unless that is asked for. */
    private boolean advances(ObjectNode invoice) {
        boolean asked = invoices.store().isMarked(Json.textOf(invoice, "id"));
        return Json.isTrue(invoice, "auto_advance")
                && Json.is(invoice, "collection_method", "charge_automatically")
                && (asked || !Json.is(invoice, "billing_reason", "subscription_create"));
    }

    /** Puts the next attempt on the agenda. */
    private void plan(String id, ObjectNode invoice) {
        int attempts = (int) Math.max(1, Json.number(invoice, "attempt_count"));
        Duration wait = WAITS.get(attempts - 1);
        invoice.put("next_payment_attempt", time.now() + wait.toSeconds());
        time.in(wait, retry, id, Integer.toString(attempts));
    }

    private void retry(String id, int attempts) {
        ObjectNode invoice = invoices.store().find(id).orElse(null);
        if (invoice == null
                || !Json.is(invoice, "status", "open")
                || !Json.present(invoice, "next_payment_attempt")
                || Json.number(invoice, "attempt_count") != attempts) {
            return;
        }
        invoices.store()
                .update(id, each -> each.put("attempt_count", attempts + 1).putNull("next_payment_attempt"));
        attempt.accept(id);
    }

    /** The same for an invoice that would not be tried again by itself. */
    void keepTrying(String id) {
        ObjectNode invoice = invoices.store().get(id);
        boolean none = !Json.present(invoice, "next_payment_attempt");
        if (none && Json.is(invoice, "status", "open") && Json.number(invoice, "attempt_count") <= WAITS.size()) {
            invoices.store().mark(id);
            invoices.change(id, each -> {
                each.put("auto_advance", true);
                plan(id, each);
            });
        }
    }
}
