package io.tillstream.simulator.page;

import io.tillstream.simulator.paymentintent.PaymentIntents;
import io.tillstream.simulator.setupintent.SetupIntents;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Stores;
import io.tillstream.simulator.state.Timeline;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * {@code /3d_secure/authenticate/…}: the bank's page, with a button for each outcome. By redirect the buyer goes back to
 * the shop from here; within Stripe.js the page around is told.
 */
@Configuration(proxyBeanMethods = false)
class AuthenticationPage {
    private static final Template PAGE = Template.load("three-d-secure.html");
    private static final Template DONE = Template.load("authenticated.html");

    private final Timeline timeline;
    private final Stores stores;
    private final PaymentIntents payments;
    private final SetupIntents setups;

    AuthenticationPage(Timeline timeline, Stores stores, PaymentIntents payments, SetupIntents setups) {
        this.timeline = timeline;
        this.stores = stores;
        this.payments = payments;
        this.setups = setups;
    }

    @Bean
    RouterFunction<ServerResponse> authenticationRoutes() {
        return RouterFunctions.route()
                .GET("/3d_secure/authenticate/{intent}", this::show)
                .POST("/3d_secure/authenticate/{intent}", this::decide)
                .build();
    }

    private Mono<ServerResponse> show(ServerRequest request) {
        String id = request.pathVariable("intent");
        return timeline.call(() -> intent(id)).flatMap(found -> {
            ObjectNode intent = found.orElse(null);
            if (intent == null) {
                return Pages.page(404, "Not found", done("Nothing to confirm here.", ""));
            }
            if (!Json.is(intent, "status", "requires_action")) {
                return Pages.page(200, "Authentication", done("This was confirmed or refused already.", id));
            }
            String what = Json.present(intent, "amount")
                    ? "A payment of " + Amounts.spoken(Json.number(intent, "amount"), Json.textOf(intent, "currency"))
                    : "Saving your card";
            return Pages.page(
                    200, "Authentication", PAGE.fill(Map.of("action", "/3d_secure/authenticate/" + id, "what", what)));
        });
    }

    private Optional<ObjectNode> intent(String id) {
        return stores.find(id).filter(found -> found.has("next_action"));
    }

    private Mono<ServerResponse> decide(ServerRequest request) {
        String id = request.pathVariable("intent");
        return request.formData()
                .map(form -> "complete".equals(form.getFirst("outcome")))
                .flatMap(success -> timeline.call(() -> authenticated(id, success)))
                .flatMap(back -> back.map(Pages::goOn)
                        .orElseGet(() -> Pages.page(200, "Authentication", done("You can close this page.", id))));
    }

    /** Gives the address to go back to; empty if the page was shown within Stripe.js. */
    private Optional<String> authenticated(String id, boolean success) {
        ObjectNode intent = intent(id).orElse(null);
        if (intent == null) {
            return Optional.empty();
        }
        JsonNode redirect = intent.path("next_action").path("redirect_to_url");
        @Nullable String back = Json.text(redirect, "return_url");
        boolean payment = Json.is(intent, "object", "payment_intent");
        if (Json.is(intent, "status", "requires_action")) {
            intent = payment ? payments.authenticate(id, success) : setups.authenticate(id, success);
        }
        String name = payment ? "payment_intent" : "setup_intent";
        boolean failed = Json.is(intent, "status", "requires_payment_method");
        String query = name + "=" + id + "&" + name + "_client_secret=" + Json.textOf(intent, "client_secret")
                + "&redirect_status=" + (failed ? "failed" : "succeeded");
        return Optional.ofNullable(back).map(address -> Pages.with(address, query));
    }

    private static String done(String text, String intent) {
        return DONE.fill(Map.of("text", text, "intent", intent));
    }
}
