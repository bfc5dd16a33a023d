package io.tillstream.payment.webhookendpoint;

import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Tags;
import io.tillstream.delivery.Sweep;
import io.tillstream.payment.webhookendpoint.StripeWebhookEndpoints.Pending;
import io.tillstream.payment.webhookendpoint.WebhookEndpointDiagnosis.Flaw;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;

/** Looks at our webhook endpoint at the start, and now and then: nothing comes in by which its loss could be noticed. */
@Component
class WebhookEndpointSweep extends Sweep {

    private static final Logger LOG = LoggerFactory.getLogger(WebhookEndpointSweep.class);

    private final WebhookEndpointFlow flow;
    private final WebhookEndpointSettings settings;
    private final Map<Flaw, AtomicInteger> gauges = new EnumMap<>(Flaw.class);
    private final AtomicInteger pending = new AtomicInteger();
    private volatile Instant lookedAt = Instant.now();
    private volatile Set<Flaw> last = Set.of();

    WebhookEndpointSweep(WebhookEndpointFlow flow, WebhookEndpointSettings settings, MeterRegistry meters) {
        super(Duration.ZERO, settings.checkEvery());
        this.flow = flow;
        this.settings = settings;
        for (Flaw flaw : Flaw.values()) {
            AtomicInteger gauge = new AtomicInteger();
            gauges.put(flaw, gauge);
            meters.gauge("tillstream.stripe.endpoint.flaws", Tags.of("flaw", flaw.text()), gauge);
        }
        meters.gauge("tillstream.stripe.endpoint.pending.events", pending);
        meters.gauge("tillstream.stripe.endpoint.last.look.seconds", this, WebhookEndpointSweep::secondsSinceLook);
    }

    /** Zero where nothing is looked at. */
    private double secondsSinceLook() {
        return settings.isConfigured()
                ? Duration.between(lookedAt, Instant.now()).toSeconds()
                : 0;
    }

    /** Where Stripe does not answer, what was found last stays, and its age grows. */
    @Override
    protected Mono<Void> round() {
        return settings.isConfigured()
                ? flow.look().doOnNext(this::found).then().onErrorResume(WebhookEndpointSweep::later)
                : Mono.empty();
    }

    private static Mono<Void> later(Throwable fault) {
        LOG.warn("Stripe's webhook endpoint is looked at later: {}", fault.toString());
        return Mono.empty();
    }

    private void found(WebhookEndpointFlow.Look look) {
        lookedAt = Instant.now();
        Set<Flaw> flaws = look.diagnosis().flaws();
        gauges.forEach((flaw, gauge) -> gauge.set(flaws.contains(flaw) ? 1 : 0));
        Pending waiting = look.pending();
        pending.set(waiting == null ? 0 : waiting.events());
        if (!flaws.equals(last)) {
            LOG.warn("Stripe's webhook endpoint for {}: {}", look.diagnosis().url(), flaws);
            last = Set.copyOf(flaws);
        }
    }
}
