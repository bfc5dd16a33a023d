package io.tillstream.chaos.check.subscription;

import io.tillstream.chaos.check.observation.Breach;
import io.tillstream.chaos.check.observation.Observation;
import io.tillstream.chaos.check.observation.Service;
import io.tillstream.chaos.check.observation.ServiceDatabase.Row;
import io.tillstream.chaos.check.observation.StripeObjects.Invoice;
import io.tillstream.chaos.check.observation.StripeObjects.Subscription;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * S1: nobody may use what was not paid for. Each feature comes from a subscription that goes on at Stripe and has or had a trial or a
 * paid invoice there, or from Stripe's own entitlements.
 */
public final class EntitlementsAreEarned {

    private static final String S1 = "S1";
    private static final Set<String> GOES_ON = Set.of("trialing", "active", "past_due", "unpaid", "paused");

    private static final String BY_SUBSCRIPTION = """
            select e.user_id, e.feature, e.source, s.stripe_subscription_id
            from entitlement_sources e left join subscriptions s on s.id::text = e.source
            where e.grade <> 'none' and e.source not like 'stripe:%'
            """;

    private static final String WITHOUT_SOURCE = """
            select e.user_id, e.feature from entitlements e
            where not exists (select 1 from entitlement_sources s
                              where s.user_id = e.user_id and s.feature = e.feature and s.grade <> 'none')
            """;

    private EntitlementsAreEarned() {}

    public static List<Breach> breaches(Observation seen) {
        List<Breach> breaches = new ArrayList<>();
        Map<String, Subscription> there =
                seen.subscriptions().stream().collect(Collectors.toMap(Subscription::id, each -> each));
        Set<String> paid = seen.invoices().stream()
                .filter(Invoice::isPaid)
                .map(Invoice::subscription)
                .collect(Collectors.toSet());
        for (Row row : seen.rows(Service.SUBSCRIPTIONS, BY_SUBSCRIPTION)) {
            String stripeId = row.text("stripe_subscription_id");
            Subscription subscription = there.get(stripeId);
            String user = row.text("user_id") + " may use " + row.text("feature");
            if (subscription == null || !GOES_ON.contains(subscription.status())) {
                String state = subscription == null ? "not at Stripe" : subscription.status();
                breaches.add(Breach.of(
                        S1,
                        user + ", but subscription " + row.text("source") + " is " + state,
                        row.text("source"),
                        stripeId));
            } else if (!subscription.hadTrial() && !paid.contains(stripeId)) {
                breaches.add(Breach.of(
                        S1,
                        user + ", but subscription " + row.text("source") + " had neither a trial nor a paid invoice",
                        row.text("source"),
                        stripeId));
            }
        }
        seen.rows(Service.SUBSCRIPTIONS, WITHOUT_SOURCE)
                .forEach(row -> breaches.add(Breach.of(
                        S1,
                        row.text("user_id") + " may use " + row.text("feature") + ", which nothing gives",
                        row.text("user_id"))));
        return breaches;
    }
}
