package io.tillstream.simulator.portal;

import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.page.Pages;
import io.tillstream.simulator.page.Template;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Timeline;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
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

/** {@code /p/session/…}: the billing portal, for whoever has the address. */
@Configuration(proxyBeanMethods = false)
class PortalPage {
    private static final Template NOTICE = Template.load("notice.html");

    private final Timeline timeline;
    private final PortalSessions sessions;
    private final PortalActions actions;
    private final PortalHtml html;

    /** Where to go after a button, or why it did nothing. */
    private record Outcome(@Nullable String goTo, @Nullable String refusal) {}

    PortalPage(Timeline timeline, PortalSessions sessions, PortalActions actions, PortalHtml html) {
        this.timeline = timeline;
        this.sessions = sessions;
        this.actions = actions;
        this.html = html;
    }

    @Bean
    RouterFunction<ServerResponse> portalRoutes() {
        return RouterFunctions.route()
                .GET(PortalSessions.PATH + "{secret}", this::show)
                .POST(PortalSessions.PATH + "{secret}", request -> request.formData()
                        .flatMap(form -> press(request.pathVariable("secret"), form)))
                .build();
    }

    private Mono<ServerResponse> show(ServerRequest request) {
        String secret = request.pathVariable("secret");
        String authenticated = request.queryParam("redirect_status").orElse("");
        String refusal = authenticated.equals("failed") ? "We are unable to authenticate your payment method." : null;
        String said = authenticated.equals("succeeded")
                ? "Your card was added"
                : request.queryParam("said").orElse("");
        return page(secret, said, refusal);
    }

    private Mono<ServerResponse> page(String secret, String said, @Nullable String refusal) {
        return timeline.call(() -> sessions.open(secret).map(session -> html.page(session, said, refusal)))
                .flatMap(body -> body.isPresent()
                        ? Pages.page(refusal == null ? 200 : 402, "Billing", body.get())
                        : Pages.page(404, "Billing", expired()));
    }

    private static String expired() {
        return NOTICE.fill(Map.of(
                "title", "This link is no longer valid",
                "text", "Go back to where you came from, and open the billing page again.",
                "link", ""));
    }

    private Mono<ServerResponse> press(String secret, MultiValueMap<String, String> form) {
        return Mono.fromFuture(timeline.call(() -> outcome(secret, form)).toFuture(), true)
                .flatMap(outcome ->
                        outcome.goTo() == null ? page(secret, "", outcome.refusal()) : Pages.goOn(outcome.goTo()));
    }

    private Outcome outcome(String secret, MultiValueMap<String, String> form) {
        ObjectNode session = sessions.open(secret).orElse(null);
        if (session == null) {
            return new Outcome(null, "This link is no longer valid.");
        }
        try {
            PortalActions.Done done = actions.act(session, form);
            return new Outcome(done.bank() == null ? after(session, secret, done.said()) : done.bank(), null);
        } catch (StripeError refused) {
            return new Outcome(
                    null, Objects.requireNonNullElse(Json.text(refused.error(), "message"), "That did not work."));
        }
    }

    /** Back to the page, or to the shop if the session was for this one thing. */
    private static String after(ObjectNode session, String secret, String said) {
        String redirect = Json.text(session, "flow.after_completion.redirect.return_url");
        return redirect == null
                ? PortalSessions.PATH + secret + "?said=" + URLEncoder.encode(said, StandardCharsets.UTF_8)
                : redirect;
    }
}
