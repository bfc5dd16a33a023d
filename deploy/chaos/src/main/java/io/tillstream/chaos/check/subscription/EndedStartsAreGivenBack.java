package io.tillstream.chaos.check.subscription;

import io.tillstream.chaos.check.observation.Breach;
import io.tillstream.chaos.check.observation.Observation;
import io.tillstream.chaos.check.observation.Service;
import io.tillstream.chaos.check.observation.ServiceDatabase.Row;
import io.tillstream.chaos.check.observation.StripeObjects.CreditNote;
import io.tillstream.chaos.check.observation.StripeObjects.Invoice;
import io.tillstream.chaos.check.observation.StripeObjects.InvoicePayment;
import io.tillstream.chaos.check.observation.StripeObjects.Subscription;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * S1: nobody pays for a start that came to nothing. One of ours that is over at Stripe and gave its user nothing, as it was never
 * active and never in a trial here, keeps no money: what was paid of its invoices went back.
 *
 * <p>Not judged is what the bank has or holds, and what was left to a person, who is told of it.
 */
public final class EndedStartsAreGivenBack {

    private static final String S1 = "S1";
    private static final Set<String> OVER = Set.of("canceled", "incomplete_expired");

    /** The request of one that somebody made at Stripe is empty. */
    private static final String NEVER_BEGAN = """
            select s.id, s.user_id, coalesce(s.stripe_subscription_id, '') as stripe_id from subscriptions s
            where s.request <> '{}' and not exists (
                select 1 from subscription_history h
                where h.subscription_id = s.id and h.to_status in ('active', 'trialing'))
            """;

    private static final String LEFT_TO_A_PERSON = """
            select stripe_invoice_id from invoice_refunds where status in ('flagged', 'dismissed')
            union all select stripe_invoice_id from start_refunds where dismissed_at is not null or returned_at is not null
            """;

    private final Observation seen;
    private final Set<String> leftToAPerson;

    private EndedStartsAreGivenBack(Observation seen) {
        this.seen = seen;
        this.leftToAPerson = Set.copyOf(seen.database(Service.SUBSCRIPTIONS).texts(LEFT_TO_A_PERSON));
    }

    public static List<Breach> breaches(Observation seen) {
        List<Row> starts = seen.rows(Service.SUBSCRIPTIONS, NEVER_BEGAN);
        return starts.isEmpty() ? List.of() : new EndedStartsAreGivenBack(seen).of(starts);
    }

    private List<Breach> of(List<Row> starts) {
        List<Breach> breaches = new ArrayList<>();
        for (Row start : starts) {
            Set<String> over = seen.subscriptions().stream()
                    .filter(there -> OVER.contains(there.status()) && isOf(start, there))
                    .map(Subscription::id)
                    .collect(Collectors.toSet());
            seen.invoices().stream()
                    .filter(invoice -> over.contains(invoice.subscription()) && keepsMoney(invoice))
                    .forEach(invoice -> breaches.add(Breach.of(
                            S1,
                            start.text("user_id") + " paid " + invoice.paid() + " by invoice " + invoice.id()
                                    + " for start " + start.text("id")
                                    + ", which came to nothing, and has not all of it back",
                            start.text("id"),
                            invoice.id(),
                            invoice.subscription())));
        }
        return breaches;
    }

    /** Where Stripe's answer was lost, only its metadata says whose it is. */
    private static boolean isOf(Row start, Subscription there) {
        return there.id().equals(start.text("stripe_id")) || there.ourId().equals(start.text("id"));
    }

    private boolean keepsMoney(Invoice invoice) {
        if (!invoice.isPaid() || leftToAPerson.contains(invoice.id())) {
            return false;
        }
        Set<String> intents = seen.invoicePayments().stream()
                .filter(payment -> payment.invoice().equals(invoice.id()))
                .map(InvoicePayment::intent)
                .collect(Collectors.toSet());
        Map<String, Long> givenBack = seen.givenBack();
        long back = intents.stream()
                .mapToLong(intent -> givenBack.getOrDefault(intent, 0L))
                .sum();
        long credited = seen.creditNotes().stream()
                .filter(note -> note.isIssued() && note.invoice().equals(invoice.id()))
                .mapToLong(CreditNote::total)
                .sum();
        return back + credited < invoice.paid()
                && seen.disputedIntents().stream().noneMatch(intents::contains);
    }
}
