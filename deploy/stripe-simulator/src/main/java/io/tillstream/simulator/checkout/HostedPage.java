package io.tillstream.simulator.checkout;

import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.event.Events;
import io.tillstream.simulator.page.Pages;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Timeline;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.util.MultiValueMap;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ObjectNode;

/** {@code /c/pay/…}: where a buyer sees what it costs, types a card, and pays. */
@Configuration(proxyBeanMethods = false)
class HostedPage {
    /** Stripe waits this long for the webhook of a completed session to be answered before it lets the buyer go on. */
    private static final Duration LONGEST_WAIT = Duration.ofSeconds(10);

    private static final Duration LOOK_EVERY = Duration.ofMillis(40);

    private final Timeline timeline;
    private final Sessions sessions;
    private final SessionPayment payment;
    private final HostedPageHtml html;
    private final Events events;
    private final SessionDiscounts discounts;

    HostedPage(
            Timeline timeline,
            Sessions sessions,
            SessionPayment payment,
            HostedPageHtml html,
            Events events,
            SessionDiscounts discounts) {
        this.discounts = discounts;
        this.timeline = timeline;
        this.sessions = sessions;
        this.payment = payment;
        this.html = html;
        this.events = events;
    }

    /** What the page shows after a try: a refusal, or an address to go to; neither if the session is complete. */
    private record Outcome(
            @Nullable String refusal, @Nullable String goTo) {}

    @Bean
    RouterFunction<ServerResponse> hostedPageRoutes() {
        return RouterFunctions.route()
                .GET("/c/pay/{session}", request -> show(request.pathVariable("session"), null, Map.of()))
                .POST("/c/pay/{session}", request -> request.formData().flatMap(form -> pay(request, form)))
                .GET("/c/pay/{session}/return", request -> comeBack(request.pathVariable("session")))
                .build();
    }

    private Mono<ServerResponse> show(String id, @Nullable String refusal, Map<String, String> typed) {
        return timeline.call(() -> sessions.store().find(id)).flatMap(found -> {
            ObjectNode session = found.orElse(null);
            if (session == null) {
                return Pages.page(
                        404, "Not found", html.notice("Something went wrong", "The page was not found.", null));
            }
            if (!Json.is(session, "status", "open")) {
                return closed(session);
            }
            return timeline.call(() -> html.form(session, refusal, typed))
                    .flatMap(body -> Pages.page(refusal == null ? 200 : 402, "Checkout", body));
        });
    }

    private Mono<ServerResponse> closed(ObjectNode session) {
        String back = back(session);
        return Json.is(session, "status", "complete")
                ? Pages.page(
                        200,
                        "Checkout",
                        html.notice("You're all done here", "You've already completed your payment.", back))
                : Pages.page(
                        200,
                        "Checkout",
                        html.notice("This checkout session has expired", "Return to the shop to start again.", back));
    }

    private static @Nullable String back(ObjectNode session) {
        return Json.is(session, "status", "complete") ? success(session) : Json.text(session, "cancel_url");
    }

    private Mono<ServerResponse> pay(ServerRequest request, MultiValueMap<String, String> form) {
        String id = request.pathVariable("session");
        return shielded(timeline.call(() -> attempt(id, form))).flatMap(outcome -> {
            if (outcome.refusal() != null) {
                return show(id, outcome.refusal(), form.toSingleValueMap());
            }
            return outcome.goTo() == null ? leave(id) : Pages.goOn(outcome.goTo());
        });
    }

    /** A buyer who closes the page does not undo their payment. */
    private static <T> Mono<T> shielded(Mono<T> work) {
        return Mono.fromFuture(work::toFuture, true);
    }

    private Outcome attempt(String id, MultiValueMap<String, String> form) {
        ObjectNode session = sessions.store().find(id).orElse(null);
        if (session == null) {
            return new Outcome("This page does not exist any more.", null);
        }
        try {
            String code = PageForm.promotionCode(form);
            if (!code.isEmpty() && Json.is(session, "status", "open")) {
                discounts.type(sessions, session, code);
            }
            if ("promotion".equals(form.getFirst("method"))) {
                return new Outcome(null, "/c/pay/" + id);
            }
            return new Outcome(null, payment.pay(id, PageForm.buyer(form), PageForm.paymentMethod(form)));
        } catch (StripeError refused) {
            return new Outcome(SessionPayment.spoken(refused), null);
        }
    }

    /** From the authentication: complete, or to be tried again. */
    private Mono<ServerResponse> comeBack(String id) {
        return timeline.call(() -> sessions.store().find(id)).flatMap(found -> {
            ObjectNode session = found.orElse(null);
            if (session == null || !Json.is(session, "status", "open")) {
                return leave(id);
            }
            return timeline.call(() -> Objects.requireNonNullElse(
                            payment.lastRefusal(session), "We are unable to authenticate your payment method."))
                    .flatMap(refusal -> show(id, refusal, Map.of()));
        });
    }

    /** To the shop, once it knows; or after a while without. */
    private Mono<ServerResponse> leave(String id) {
        return timeline.call(() -> sessions.store().find(id)).flatMap(found -> {
            ObjectNode session = found.orElse(null);
            String url = session == null ? null : success(session);
            if (session == null || !Json.is(session, "status", "complete") || url == null) {
                return show(id, null, Map.of());
            }
            return told(id).then(Mono.defer(() -> Json.is(session, "ui_mode", "hosted_page")
                    ? Pages.goOn(url)
                    : Pages.page(200, "Checkout", html.leaveFrame(session, url))));
        });
    }

    private Mono<Boolean> told(String id) {
        return timeline.call(() -> completion(id))
                .flatMap(event -> event.isEmpty()
                        ? Mono.just(true)
                        : timeline.call(() -> events.isDelivered(event.get()))
                                .filter(delivered -> delivered)
                                .repeatWhenEmpty(tries -> tries.delayElements(LOOK_EVERY)))
                .timeout(LONGEST_WAIT, Mono.just(false));
    }

    private Optional<String> completion(String id) {
        return events.query()
                .where("type", "checkout.session.completed")
                .where(event -> Json.is(event.path("data").path("object"), "id", id))
                .newest()
                .map(event -> Json.textOf(event, "id"));
    }

    private static @Nullable String success(ObjectNode session) {
        String url = Json.text(session, "success_url");
        String target = url == null ? Json.text(session, "return_url") : url;
        return target == null ? "" : target.replace("{CHECKOUT_SESSION_ID}", Json.textOf(session, "id"));
    }
}
