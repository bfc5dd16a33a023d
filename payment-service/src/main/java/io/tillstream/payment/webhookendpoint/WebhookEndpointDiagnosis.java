package io.tillstream.payment.webhookendpoint;

import io.tillstream.stripeevents.StripeEventConsumer;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.EnumSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.SortedSet;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What is wrong with our endpoint at Stripe.
 *
 * @param url where it should lead; empty: nobody says, so nothing is wrong
 * @param endpoint of several the best; null for none
 * @param others further endpoints with the same address: each event comes once more by each, which changes nothing
 * @param missingEvents what is followed and not sent
 */
record WebhookEndpointDiagnosis(
        String url,
        @Nullable WebhookEndpoint endpoint,
        List<WebhookEndpoint> others,
        Set<Flaw> flaws,
        SortedSet<String> missingEvents) {

    /** What can be wrong, the worst first. */
    enum Flaw {
        /** Stripe has none with our address, nor one that we registered. */
        MISSING,
        /** What we registered leads elsewhere. */
        WRONG_URL,
        DISABLED,
        EVENTS_MISSING,
        /** Its events come in another version; they are read, or their objects are asked for, which costs calls. */
        API_VERSION_DIFFERS;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static WebhookEndpointDiagnosis notConfigured() {
        return new WebhookEndpointDiagnosis("", null, List.of(), Set.of(), new TreeSet<>());
    }

    static WebhookEndpointDiagnosis of(String url, String environment, List<WebhookEndpoint> all) {
        List<WebhookEndpoint> here =
                all.stream().filter(endpoint -> endpoint.url().equals(url)).toList();
        List<WebhookEndpoint> candidates = here.isEmpty()
                ? all.stream()
                        .filter(endpoint -> environment.equals(endpoint.environment()))
                        .toList()
                : here;
        return candidates.stream()
                .map(endpoint -> of(url, endpoint, here))
                .min(Comparator.<WebhookEndpointDiagnosis>comparingInt(
                                each -> each.flaws().size())
                        .thenComparing(each -> each.present().createdAt(), Comparator.reverseOrder()))
                .orElseGet(() -> new WebhookEndpointDiagnosis(
                        url, null, List.of(), EnumSet.of(Flaw.MISSING), StripeEventConsumer.allTypes()));
    }

    private static WebhookEndpointDiagnosis of(String url, WebhookEndpoint endpoint, List<WebhookEndpoint> here) {
        SortedSet<String> missing = endpoint.missing(StripeEventConsumer.allTypes());
        Set<Flaw> flaws = EnumSet.noneOf(Flaw.class);
        if (!endpoint.url().equals(url)) {
            flaws.add(Flaw.WRONG_URL);
        }
        if (!endpoint.enabled()) {
            flaws.add(Flaw.DISABLED);
        }
        if (!missing.isEmpty()) {
            flaws.add(Flaw.EVENTS_MISSING);
        }
        if (!StripeWebhookEndpoints.API_VERSION.equals(endpoint.apiVersion())) {
            flaws.add(Flaw.API_VERSION_DIFFERS);
        }
        List<WebhookEndpoint> others = new ArrayList<>(here);
        others.remove(endpoint);
        return new WebhookEndpointDiagnosis(url, endpoint, others, flaws, missing);
    }

    /** A version is given once, at the start of an endpoint's life. */
    boolean needsNewEndpoint() {
        return flaws.contains(Flaw.MISSING) || flaws.contains(Flaw.API_VERSION_DIFFERS);
    }

    boolean isConfigured() {
        return !url.isEmpty();
    }

    WebhookEndpoint present() {
        if (endpoint == null) {
            throw new IllegalStateException("Stripe has no endpoint of ours");
        }
        return endpoint;
    }

    /** What it is to be sent: what it is sent now, and what is missing. */
    SortedSet<String> wantedEvents() {
        SortedSet<String> wanted = new TreeSet<>(missingEvents);
        wanted.addAll(present().events());
        return wanted;
    }
}
