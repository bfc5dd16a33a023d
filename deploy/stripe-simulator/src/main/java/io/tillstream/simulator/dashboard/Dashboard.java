package io.tillstream.simulator.dashboard;

import io.tillstream.simulator.api.StripeError;
import io.tillstream.simulator.page.Pages;
import io.tillstream.simulator.state.Json;
import io.tillstream.simulator.state.Timeline;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.MediaType;
import org.springframework.util.MultiValueMap;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerRequest;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/** {@code /_simulator/dashboard}: payments, customers and events, with a button for what happens outside of any API. */
@Configuration(proxyBeanMethods = false)
class Dashboard {
    private static final String PAGE = "/_simulator/dashboard";

    private final Timeline timeline;
    private final DashboardHtml html;
    private final Actions actions;
    private final NetworkUpdates updates;

    Dashboard(Timeline timeline, DashboardHtml html, Actions actions, NetworkUpdates updates) {
        this.timeline = timeline;
        this.html = html;
        this.actions = actions;
        this.updates = updates;
    }

    @Bean
    RouterFunction<ServerResponse> dashboardRoutes() {
        return RouterFunctions.route()
                .GET(PAGE, this::show)
                .GET("/", request -> Pages.goOn(PAGE)) // where a person looks first
                .POST(PAGE, request -> request.formData().flatMap(form -> press(request, form)))
                .POST("/_simulator/payment_methods/{id}/automatic_update", this::updateCard)
                .onError(IllegalArgumentException.class, (error, request) -> ServerResponse.badRequest()
                        .contentType(MediaType.APPLICATION_JSON)
                        .bodyValue(Json.bytes(Json.object().put("error", error.getMessage()))))
                .build();
    }

    private Mono<ServerResponse> show(ServerRequest request) {
        String said = request.queryParam("said").orElse("");
        return timeline.call(() -> html.page(said)).flatMap(body -> Pages.page(200, "Dashboard", body));
    }

    private Mono<ServerResponse> press(ServerRequest request, MultiValueMap<String, String> form) {
        String from = request.headers().firstHeader("Sec-Fetch-Site");
        if (from != null && !from.equals("same-origin") && !from.equals("none")) {
            return Pages.page(403, "Dashboard", "<main class=\"single\">This button belongs to another page.</main>");
        }
        return timeline.call(() -> said(form))
                .flatMap(said -> Pages.goOn(PAGE + "?said=" + URLEncoder.encode(said, StandardCharsets.UTF_8)));
    }

    private String said(MultiValueMap<String, String> form) {
        try {
            return actions.act(text(form, "action"), text(form, "id"), text(form, "amount"));
        } catch (StripeError | IllegalArgumentException | IllegalStateException refused) {
            return "Not done: " + refused.getMessage();
        }
    }

    private static String text(MultiValueMap<String, String> form, String name) {
        return Objects.requireNonNullElse(form.getFirst(name), "").strip();
    }

    private Mono<ServerResponse> updateCard(ServerRequest request) {
        return request.bodyToMono(byte[].class)
                .defaultIfEmpty(new byte[] {'{', '}'})
                .flatMap(body -> timeline.call(() -> updates.update(request.pathVariable("id"), Json.parse(body))))
                .flatMap(method -> ServerResponse.ok()
                        .contentType(MediaType.APPLICATION_JSON)
                        .bodyValue(Json.bytes(method)));
    }
}
