package io.tillstream.drift;

import com.stripe.model.StripeObjectInterface;
import io.tillstream.delivery.TransientFault;
import io.tillstream.stripe.StripeCallback;
import io.tillstream.stripe.StripeCalls;
import io.tillstream.stripe.StripeRefusal;
import io.tillstream.stripe.StripeRetrievals;
import io.tillstream.stripe.StripeUnavailable;
import io.tillstream.stripeevents.StripeJson;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** How every kind of objects is read from Stripe. */
public abstract class StripeDriftKind implements DriftKind {

    /** Stripe's most. */
    protected static final long PAGE = 100;

    /** Where a list begins anew: the object after which it was to go on is gone. Who was compared is compared twice. */
    private static final String FROM_THE_START = "";

    private final String name;
    private final String objectType;
    private final StripeCalls calls;
    private final StripeRetrievals retrievals;

    /** A kind whose objects Stripe calls {@code objectType}. */
    protected StripeDriftKind(String name, String objectType, StripeCalls calls, StripeRetrievals retrievals) {
        this.name = name;
        this.objectType = objectType;
        this.calls = calls;
        this.retrievals = retrievals;
    }

    @Override
    public final String name() {
        return name;
    }

    @Override
    public Mono<JsonNode> retrieve(String stripeId) {
        return retrievals
                .retrieve(objectType, stripeId)
                .map(StripeDriftKind::json)
                .onErrorMap(StripeUnavailable.class, StripeDriftKind::fault);
    }

    /** What Stripe refuses to say it refuses once more, and only of this; where it cannot be asked, it is asked again. */
    private static RuntimeException fault(StripeUnavailable away) {
        return away instanceof StripeRefusal
                ? new IllegalStateException(away.getMessage(), away)
                : new TransientFault("Stripe", away);
    }

    /** The object after which a list goes on; null: from its beginning. */
    protected static @Nullable String place(@Nullable String after) {
        return FROM_THE_START.equals(after) ? null : after;
    }

    /** A page of a list, and where its next begins. */
    protected final Mono<ListPage> page(StripeCallback<? extends StripeObjectInterface> call) {
        return calls.inBackground()
                .read(
                        objectType + ".list",
                        (stripe, options) ->
                                json(call.run(stripe, options).getLastResponse().body()))
                .onErrorMap(StripeUnavailable.class, StripeDriftKind::fault)
                .map(answer -> answer.fold(StripeDriftKind::page, StripeDriftKind::refused, no -> {
                    if (no.missing()) {
                        return new ListPage(List.of(), FROM_THE_START);
                    }
                    return refused(no);
                }));
    }

    /** One object by a call of its own; empty where Stripe has none. */
    protected final Mono<JsonNode> one(String operation, StripeCallback<? extends StripeObjectInterface> call) {
        return calls.read(
                        operation,
                        (stripe, options) ->
                                json(call.run(stripe, options).getLastResponse().body()))
                .onErrorMap(StripeUnavailable.class, StripeDriftKind::fault)
                .flatMap(answer -> answer.fold(
                        Mono::just, StripeDriftKind::unclear, no -> no.missing() ? Mono.empty() : unclear(no)));
    }

    private static Mono<JsonNode> unclear(Object no) {
        return Mono.error(() -> new IllegalStateException("Stripe does not say: " + no));
    }

    private static ListPage page(JsonNode list) {
        List<JsonNode> objects = list.path("data").valueStream().toList();
        boolean more = list.path("has_more").asBoolean(false) && !objects.isEmpty();
        return new ListPage(objects, more ? StripeJson.text(objects.get(objects.size() - 1), "id") : null);
    }

    private static ListPage refused(Object no) {
        throw new IllegalStateException("Stripe does not list: " + no);
    }

    /** Fields, of which those with null say nothing. */
    protected static Map<String, String> fields(@Nullable Object... namesAndValues) {
        Map<String, String> fields = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            Object value = namesAndValues[i + 1];
            if (value != null) {
                fields.put(String.valueOf(namesAndValues[i]), value.toString());
            }
        }
        return fields;
    }

    /** A value whose absence is one too. */
    protected static String orNone(@Nullable Object value) {
        return value == null ? "none" : value.toString();
    }

    private static JsonNode json(String body) {
        return StripeJson.read(body.getBytes(StandardCharsets.UTF_8));
    }
}
