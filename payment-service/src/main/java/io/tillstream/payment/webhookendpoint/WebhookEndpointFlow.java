package io.tillstream.payment.webhookendpoint;

import io.tillstream.payment.webhookendpoint.StripeWebhookEndpoints.Pending;
import io.tillstream.payment.webhookendpoint.StripeWebhookEndpoints.Registered;
import io.tillstream.stripeevents.StripeEventConsumer;
import io.tillstream.web.Problem;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** Looks at our webhook endpoint at Stripe, and mends it when an operator asks for that. */
@Component
class WebhookEndpointFlow {

    private static final Logger LOG = LoggerFactory.getLogger(WebhookEndpointFlow.class);

    /** Of each look after a registration: whoever waits for the secret waits no longer than the gateway lets them. */
    private static final Duration LOOK = Duration.ofSeconds(3);

    private final StripeWebhookEndpoints stripe;
    private final WebhookEndpointSettings settings;

    WebhookEndpointFlow(StripeWebhookEndpoints stripe, WebhookEndpointSettings settings) {
        this.stripe = stripe;
        this.settings = settings;
    }

    /**
     * What was found, and what waits for a delivery.
     *
     * @param pending null where Stripe did not say
     */
    record Look(
            WebhookEndpointDiagnosis diagnosis, @Nullable Pending pending) {}

    /** What a repair did. */
    enum Action {
        NONE,
        UPDATED,
        REGISTERED;

        String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /**
     * What became of a repair.
     *
     * @param secret of an endpoint that was registered; Stripe shows it this once
     */
    record Repair(Action action, @Nullable String secret, Look after) {
        @Override
        public String toString() {
            return "Repair[" + action + "]"; // never the secret
        }
    }

    Mono<Look> look() {
        return diagnosis().flatMap(found -> stripe.pending().map(pending -> new Look(found, pending)));
    }

    private Mono<WebhookEndpointDiagnosis> diagnosis() {
        return settings.isConfigured()
                ? stripe.list().map(this::diagnosis)
                : Mono.just(WebhookEndpointDiagnosis.notConfigured());
    }

    private WebhookEndpointDiagnosis diagnosis(List<WebhookEndpoint> all) {
        return WebhookEndpointDiagnosis.of(settings.publicUrl(), stripe.environment(), all);
    }

    Mono<Repair> repair() {
        if (!settings.isConfigured()) {
            return Mono.error(Problem.conflict(
                    "stripe-endpoint-not-configured",
                    "payment-service is not told where Stripe reaches webhook-ingest: set WEBHOOK_PUBLIC_URL."));
        }
        return stripe.list().flatMap(all -> repair(all, diagnosis(all)));
    }

    private Mono<Repair> repair(List<WebhookEndpoint> all, WebhookEndpointDiagnosis found) {
        if (found.flaws().isEmpty()) {
            return look().map(after -> new Repair(Action.NONE, null, after));
        }
        if (found.needsNewEndpoint()) {
            return register(found, all).flatMap(made -> registered(made, all));
        }
        return stripe.update(found.present(), settings.publicUrl(), found.wantedEvents())
                .flatMap(endpoint -> {
                    LOG.info("Webhook endpoint {} is mended: {}", endpoint.id(), found.flaws());
                    return look().map(after -> new Repair(Action.UPDATED, null, after));
                });
    }

    /** Whatever happens now, the secret is told: Stripe does not show it again. */
    private Mono<Repair> registered(Registered made, List<WebhookEndpoint> before) {
        LOG.info("Webhook endpoint {} is registered at Stripe", made.endpoint().id());
        return look().timeout(LOOK)
                .onErrorResume(fault -> {
                    LOG.warn("What was registered is not looked at: {}", fault.toString());
                    List<WebhookEndpoint> all = new ArrayList<>(before);
                    all.add(made.endpoint());
                    return Mono.just(new Look(diagnosis(all), null));
                })
                .map(after -> new Repair(Action.REGISTERED, made.secret(), after));
    }

    /**
     * Two operators at once see the same endpoints, so their requests are one. Whoever asks again after somebody deleted what was
     * registered sees the same too: then Stripe answers with what is gone, and is asked anew.
     */
    private Mono<Registered> register(WebhookEndpointDiagnosis found, List<WebhookEndpoint> seen) {
        String ids =
                String.join(",", seen.stream().map(WebhookEndpoint::id).sorted().toList());
        UUID request = UUID.nameUUIDFromBytes((settings.publicUrl() + " " + ids).getBytes(StandardCharsets.UTF_8));
        return register(found, request).flatMap(made -> isThere(made.endpoint())
                .flatMap(there -> there ? Mono.just(made) : register(found, UUID.randomUUID())));
    }

    private Mono<Boolean> isThere(WebhookEndpoint made) {
        return stripe.list()
                .map(all -> all.stream().anyMatch(each -> each.id().equals(made.id())))
                .timeout(LOOK)
                .onErrorReturn(true);
    }

    private Mono<Registered> register(WebhookEndpointDiagnosis found, UUID request) {
        var events = found.endpoint() == null ? StripeEventConsumer.allTypes() : found.wantedEvents();
        return stripe.create(settings.publicUrl(), events, request.toString());
    }
}
