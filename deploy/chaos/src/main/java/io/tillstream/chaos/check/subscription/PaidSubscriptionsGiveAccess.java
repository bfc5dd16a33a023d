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
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * S1: who has paid may use it. A subscription that is active at Stripe and has or had a trial or a paid invoice there, or that
 * is in its trial, gives its user all features of its plan.
 *
 * <p>Not judged, as the rules leave less of it: where collection is or was paused, where a bank wants the money of an
 * invoice back, or where all that was paid of one went back, or where an invoice is open and none of more than nothing was
 * paid, as a debit may be on its way that never pays; and of a plan that was changed, the features that not every
 * plan has of which it ever had an invoice: the newest may not be paid yet.
 */
public final class PaidSubscriptionsGiveAccess {

    private static final String S1 = "S1";
    private static final long NOTHING_WENT_BACK = -1; // less than was paid of an invoice of nothing

    /** What the users of subscriptions of plans may not use, or not wholly. */
    private static final String MISSING = """
            select s.id, s.user_id, s.stripe_subscription_id, f.feature
            from subscriptions s join plans p on p.id = s.plan_id
            cross join lateral jsonb_array_elements_text(p.features) as f(feature)
            where s.stripe_subscription_id is not null
              and not exists (select 1 from subscription_pauses pause where pause.subscription_id = s.id)
              and not (exists (select 1 from entitlement_sources given
                               where given.source = s.id::text and given.user_id = s.user_id
                                 and given.feature = f.feature and given.grade = 'full')
                       and exists (select 1 from entitlements told
                                   where told.user_id = s.user_id and told.feature = f.feature and told.grade = 'full'))
            """;

    private static final String PRICES_WITHOUT = """
            select price.stripe_price_id || ' ' || f.feature
            from plan_prices price join plans p on p.id = price.plan_id
            cross join (select distinct jsonb_array_elements_text(features) as feature from plans) f
            where not jsonb_exists(p.features, f.feature)
            """;

    private final Observation seen;
    private final Map<String, List<Invoice>> invoices;
    private final Set<String> takenBack;
    private final Set<String> pricesWithout;

    private PaidSubscriptionsGiveAccess(Observation seen) {
        this.seen = seen;
        this.invoices = seen.invoices().stream().collect(Collectors.groupingBy(Invoice::subscription));
        this.takenBack = takenBack(seen);
        this.pricesWithout = Set.copyOf(seen.database(Service.SUBSCRIPTIONS).texts(PRICES_WITHOUT));
    }

    public static List<Breach> breaches(Observation seen) {
        List<Row> missing = seen.rows(Service.SUBSCRIPTIONS, MISSING);
        return missing.isEmpty() ? List.of() : new PaidSubscriptionsGiveAccess(seen).of(missing);
    }

    private List<Breach> of(List<Row> missing) {
        Map<String, Subscription> there =
                seen.subscriptions().stream().collect(Collectors.toMap(Subscription::id, each -> each));
        List<Breach> breaches = new ArrayList<>();
        for (Row row : missing) {
            Subscription subscription = there.get(row.text("stripe_subscription_id"));
            if (subscription != null && gives(subscription, row.text("feature"))) {
                String id = row.text("id");
                breaches.add(Breach.of(
                        S1,
                        row.text("user_id") + " may not use " + row.text("feature") + ", though subscription " + id
                                + (isInTrial(subscription) ? " is in its trial" : " is active and paid"),
                        id,
                        subscription.id()));
            }
        }
        return breaches;
    }

    private static boolean isInTrial(Subscription subscription) {
        return subscription.status().equals("trialing");
    }

    private boolean gives(Subscription subscription, String feature) {
        List<Invoice> own = invoices.getOrDefault(subscription.id(), List.of());
        if (own.stream().anyMatch(invoice -> takenBack.contains(invoice.id()))) {
            return false;
        }
        return isInTrial(subscription)
                || (subscription.status().equals("active")
                        && subscription.isCollected()
                        && (subscription.hadTrial() || own.stream().anyMatch(Invoice::isPaid))
                        && (own.stream().anyMatch(invoice -> invoice.paid() > 0)
                                || own.stream()
                                        .noneMatch(invoice -> invoice.status().equals("open")))
                        && own.stream()
                                .flatMap(invoice -> invoice.prices().stream())
                                .noneMatch(price -> pricesWithout.contains(price + " " + feature)));
    }

    /** Invoices whose money a bank has or holds, or of which nothing is left. */
    private static Set<String> takenBack(Observation seen) {
        Set<String> disputed = seen.disputedIntents();
        Map<String, Long> refunded = seen.givenBack();
        Set<String> taken = new HashSet<>();
        Map<String, Long> back = new HashMap<>();
        seen.creditNotes().stream()
                .filter(CreditNote::isIssued)
                .forEach(note -> back.merge(note.invoice(), note.total(), Long::sum));
        for (InvoicePayment payment : seen.invoicePayments()) {
            if (disputed.contains(payment.intent())) {
                taken.add(payment.invoice());
            }
            Long refund = refunded.get(payment.intent());
            if (refund != null) {
                back.merge(payment.invoice(), refund, Long::sum);
            }
        }
        seen.invoices().stream()
                .filter(invoice -> back.getOrDefault(invoice.id(), NOTHING_WENT_BACK) >= invoice.paid())
                .forEach(invoice -> taken.add(invoice.id()));
        return taken;
    }
}
