package io.tillstream.simulator.page;

import java.nio.charset.StandardCharsets;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/** {@code /v3/}: the script that a shop's pages load in the place of Stripe.js, and the frame for card data. */
@Configuration(proxyBeanMethods = false)
class StripeJs {
    private static final MediaType SCRIPT = new MediaType("text", "javascript", StandardCharsets.UTF_8);
    private static final MediaType HTML = new MediaType(MediaType.TEXT_HTML, StandardCharsets.UTF_8);

    @Bean
    RouterFunction<ServerResponse> stripeJsRoutes() {
        String script = Template.read("stripe.js");
        String frame = Template.read("element.html");
        String frameScript = Template.read("frame.js");
        return RouterFunctions.route()
                .GET("/v3", request -> answer(SCRIPT, script))
                .GET("/v3/", request -> answer(SCRIPT, script))
                .GET("/v3/frame", request -> answer(HTML, frame))
                .GET("/v3/frame.js", request -> answer(SCRIPT, frameScript))
                .build();
    }

    private static Mono<ServerResponse> answer(MediaType type, String text) {
        return ServerResponse.ok()
                .contentType(type)
                .header("Cache-Control", "no-cache")
                .header("Access-Control-Allow-Origin", "*")
                .bodyValue(text);
    }
}
