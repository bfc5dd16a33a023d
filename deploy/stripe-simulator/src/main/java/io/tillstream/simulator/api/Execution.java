package io.tillstream.simulator.api;

import io.tillstream.simulator.SimulatorSettings;
import io.tillstream.simulator.control.Fault;
import io.tillstream.simulator.control.FaultKind;
import io.tillstream.simulator.control.Journal;
import io.tillstream.simulator.event.Events;
import io.tillstream.simulator.event.Origin;
import io.tillstream.simulator.state.Attempts;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Resettable;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.stereotype.Component;
import tools.jackson.databind.node.ObjectNode;

/** From a request to its answer: key, route, parameters, idempotency, the endpoint itself, expansion. */
@Component
class Execution implements Resettable {
    private static final Logger log = LoggerFactory.getLogger(Execution.class);

    private static final List<String> FORMS = List.of("application/x-www-form-urlencoded", "multipart/form-data");

    private static final List<String> ACCOUNT = List.of("Stripe-Account", "Stripe-Context");

    private final Keys keys;
    private final Routes routes;
    private final IdempotencyKeys idempotencyKeys;
    private final Expansion expansion;
    private final Events events;
    private final Journal journal;
    private final Attempts attempts;
    private final RequestVersions versions;

    Execution(
            Keys keys,
            Routes routes,
            IdempotencyKeys idempotencyKeys,
            Expansion expansion,
            Events events,
            Journal journal,
            Attempts attempts,
            RequestVersions versions) {
        this.keys = keys;
        this.routes = routes;
        this.idempotencyKeys = idempotencyKeys;
        this.expansion = expansion;
        this.events = events;
        this.journal = journal;
        this.attempts = attempts;
        this.versions = versions;
    }

    /** A request that may be executed, or one that has its answer already. */
    record Admitted(
            @Nullable Route route,
            @Nullable Call call,
            @Nullable Reply reply) {}

    Journaling journaling(Arrival arrival, @Nullable Fault fault) {
        return new Journaling(journal, arrival, fault);
    }

    /** Everything that can be said before the request is begun. Takes its idempotency key. */
    Admitted admit(Arrival arrival) {
        boolean known = false;
        try {
            boolean newer = arrival.path().startsWith("/v2/"); // which takes JSON
            ObjectNode params = newer ? Json.object() : arrival.params();
            boolean publishable = isPublishable(arrival, params);
            known = true;
            if (newer) {
                throw Routes.notSimulated(arrival.method(), arrival.path());
            }
            refuseForeignContent(arrival);
            versions.refuseBad(arrival);
            Routes.Match match = routes.find(arrival.method(), arrival.path());
            if (publishable && !match.route().isOpenToBrowsers()) {
                throw Keys.secretKeyRequired();
            }
            Keys.refuseRawCard(params, publishable);
            RequestVersions.refuseWrong(arrival, match.route(), params, publishable);
            Reply kept = idempotencyKeys.begin(arrival, params).orElse(null);
            Call call = new Call(arrival.path(), publishable, new Params(params), match.variables());
            return new Admitted(match.route(), call, kept);
        } catch (StripeError e) {
            return new Admitted(null, null, errorReply(arrival, e, known));
        }
    }

    /** A key that is none of ours is refused, and one of ours that speaks for an account of others. */
    private boolean isPublishable(Arrival arrival, ObjectNode params) {
        String authorization = arrival.headers().getFirst("Authorization");
        String param = Json.text(params, "key");
        boolean publishable = keys.isPublishable(authorization, param);
        for (String header : ACCOUNT) {
            keys.refuseForeign(arrival.headers().getFirst(header), authorization, param);
        }
        return publishable;
    }

    /**
     * Does what was asked, and keeps the answer under the idempotency key: a 500 too, "regardless of whether it
     * succeeds or fails" (docs.stripe.com/api/idempotent_requests).
     *
     * @param fault of an answer that is to be a 500, before or after the effect
     */
    Reply execute(Arrival arrival, Admitted admitted, @Nullable FaultKind fault) {
        Route route = admitted.route();
        Call call = admitted.call();
        if (admitted.reply() != null || route == null || call == null) {
            return admitted.reply() == null ? brokenReply(arrival) : admitted.reply();
        }
        Reply reply;
        try {
            reply = fault == FaultKind.ERROR_BEFORE ? brokenReply(arrival) : done(arrival, route, call, fault);
        } catch (StripeError e) {
            reply = errorReply(arrival, e, true);
            if (e.beforeExecution()) {
                idempotencyKeys.release(arrival);
                return reply;
            }
        } catch (RuntimeException e) {
            log.error("{} {} failed", arrival.method(), arrival.path(), e);
            reply = brokenReply(arrival);
        }
        idempotencyKeys.keep(arrival, reply);
        return reply;
    }

    private Reply done(Arrival arrival, Route route, Call call, @Nullable FaultKind fault) {
        Reply reply = events.during(
                new Origin(arrival.requestId(), arrival.idempotencyKey()),
                () -> attempts.make(() -> answer(arrival, route, call), Execution::leavesSomething));
        return fault == FaultKind.ERROR_AFTER ? brokenReply(arrival) : reply;
    }

    /** An attempt that Stripe shows, as a declined payment, was made; whatever else is refused changes nothing. */
    private static boolean leavesSomething(RuntimeException failure) {
        return failure instanceof StripeError refusal && refusal.leavesChanges();
    }

    private Reply answer(Arrival arrival, Route route, Call call) {
        ObjectNode answer = routes.handleOutside(route, call);
        route.ignored(call.params()).ifPresent(ignored -> {
            log.error("{} took {} and did nothing with it", route.pattern(), ignored.param());
            journal.ignored(arrival.operation() + " " + ignored.param());
            throw Route.error(ignored);
        });
        return route.contentType() != null
                ? bytes(arrival, answer, route.contentType())
                : expanded(arrival, answer, call.params().texts("expand"));
    }

    private static Reply bytes(Arrival arrival, ObjectNode answer, String type) {
        Map<String, String> headers = headers(arrival);
        headers.put(Reply.TYPE, type);
        return new Reply(200, answer.toString(), headers);
    }

    private Reply expanded(Arrival arrival, ObjectNode answer, List<String> paths) {
        Consumer<ObjectNode> shape = versions.shape(arrival);
        shape.accept(answer);
        expansion.expand(answer, paths, shape);
        return new Reply(200, answer.toString(), headers(arrival));
    }

    Reply rateLimited(Arrival arrival, Fault fault) {
        StripeError error = fault.reason() == null
                ? StripeError.of(
                        429,
                        "invalid_request_error",
                        "lock_timeout",
                        "This object cannot be accessed right now because another API request or Stripe process is"
                                + " currently accessing it. If you see this error intermittently, retry the request. If"
                                + " you see this error frequently and are making multiple concurrent requests to a single"
                                + " object, make your requests serially or at a lower rate. For more details, see"
                                + " https://stripe.com/docs/rate-limits#object-lock-timeouts.")
                : StripeError.of(
                        429,
                        "invalid_request_error",
                        "rate_limit",
                        "Request rate limit exceeded. Learn more about rate limits here"
                                + " https://stripe.com/docs/rate-limits.");
        Reply reply = errorReply(arrival, error, true);
        if (fault.reason() != null) {
            reply.headers().put("Stripe-Rate-Limited-Reason", fault.reason());
        }
        return reply;
    }

    /** Whatever was done or not, it cannot be promised: as with any 500, the caller has to ask again. */
    Reply unwritten(Arrival arrival) {
        idempotencyKeys.release(arrival);
        return brokenReply(arrival);
    }

    Reply brokenReply(Arrival arrival) {
        return errorReply(
                arrival,
                StripeError.of(
                        500,
                        "api_error",
                        null,
                        "Sorry! There was an error while talking to one of our backends. Support has been notified."),
                true);
    }

    private static Reply errorReply(Arrival arrival, StripeError e, boolean known) {
        ObjectNode error = e.error().deepCopy();
        if (known) {
            error.put("request_log_url", "https://dashboard.stripe.com/test/logs/" + arrival.requestId());
        }
        Map<String, String> headers = headers(arrival);
        if (e.status() == 401) {
            headers.put("WWW-Authenticate", "Basic realm=\"Stripe\"");
        }
        return new Reply(e.status(), Json.object().set("error", error).toString(), headers);
    }

    private static Map<String, String> headers(Arrival arrival) {
        Map<String, String> headers = new HashMap<>();
        String version = arrival.headers().getFirst("Stripe-Version");
        headers.put("Stripe-Version", version == null ? SimulatorSettings.API_VERSION : version);
        String key = arrival.idempotencyKey();
        if (key != null) {
            headers.put("Idempotency-Key", key);
            headers.put("Original-Request", arrival.requestId());
        }
        return headers;
    }

    /** A body that is no form is not read, and Stripe says so. One that is empty may be of any type or none. */
    private static void refuseForeignContent(Arrival arrival) {
        String type = arrival.headers().getFirst("Content-Type");
        boolean form = type != null
                && FORMS.stream().anyMatch(each -> type.toLowerCase(Locale.ROOT).startsWith(each));
        if (arrival.hasForm() && !arrival.body().isEmpty() && !form) {
            throw StripeError.malformed(
                    null,
                    "Invalid request (check that your POST content type is application/x-www-form-urlencoded). If you"
                            + " have any questions, we can help at https://support.stripe.com/.",
                    null);
        }
    }

    @Override
    public void reset() {
        idempotencyKeys.clear();
    }
}
