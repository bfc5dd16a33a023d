package io.tillstream.web.docs;

import io.swagger.v3.oas.annotations.Hidden;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** For who opens a service's address in a browser: what it is, and where to look. */
@RestController
@Hidden
final class ServiceLandingPage {

    private static final String PAGE = """
            <!doctype html>
            <html lang="en">
            <head><meta charset="utf-8"><title>%1$s – Tillstream</title></head>
            <body>
            <h1>%1$s</h1>
            <p>A service of Tillstream; the gateway is the door to it.</p>
            <ul>
            <li><a href="/v3/api-docs">its API document</a></li>
            <li><a href="/actuator/health">its health</a></li>
            <li><a href="/actuator/prometheus">its metrics</a></li>
            </ul>
            </body>
            </html>
            """;

    private final String page;

    ServiceLandingPage(String service) {
        this.page = PAGE.formatted(service);
    }

    @GetMapping(path = "/", produces = MediaType.TEXT_HTML_VALUE)
    Mono<String> root() {
        return Mono.just(page);
    }
}
