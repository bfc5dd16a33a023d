package io.tillstream.simulator.checkout;

import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.page.Pages;
import io.tillstream.simulator.page.Template;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Timeline;
import java.util.Objects;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;
import tools.jackson.databind.node.ObjectNode;

/** {@code /b/{link}}: a payment link's {@code url}. Opens hosted Checkout, or says that the link is over. */
@Configuration(proxyBeanMethods = false)
class PaymentLinkPage {
    private final Timeline timeline;
    private final PaymentLinks links;

    PaymentLinkPage(Timeline timeline, PaymentLinks links) {
        this.timeline = timeline;
        this.links = links;
    }

    @Bean
    RouterFunction<ServerResponse> paymentLinkRoutes() {
        return RouterFunctions.route()
                .GET("/b/{link}", this::open)
                .GET("/b/{link}/completed", this::completed)
                .build();
    }

    private Mono<ServerResponse> open(ServerRequest request) {
        return timeline.call(() -> links.store().find(request.pathVariable("link")))
                .flatMap(link -> link.map(this::open)
                        .orElseGet(() -> Pages.page(404, "Not found", "<h1>The page was not found.</h1>")));
    }

    private Mono<ServerResponse> open(ObjectNode link) {
        if (!Json.isTrue(link, "active")) {
            String message =
                    Objects.requireNonNullElse(Json.text(link, "inactive_message"), "The link is no longer active.");
            return Pages.page(200, "Checkout", "<h1 id=\"inactive\">" + Template.escape(message) + "</h1>");
        }
        return timeline.call(() -> links.open(link))
                .flatMap(Pages::goOn)
                .onErrorResume(
                        StripeError.class,
                        refused -> Pages.page(
                                402,
                                "Checkout",
                                "<h1 class=\"refusal\">" + Template.escape(SessionPayment.spoken(refused)) + "</h1>"));
    }

    private Mono<ServerResponse> completed(ServerRequest request) {
        return timeline.call(() -> links.store().find(request.pathVariable("link")))
                .flatMap(link -> {
                    String message = link.map(
                                    each -> Json.text(each, "after_completion.hosted_confirmation.custom_message"))
                            .orElse("Thanks for your payment.");
                    return Pages.page(200, "Checkout", "<h1 id=\"completed\">" + Template.escape(message) + "</h1>");
                });
    }
}
