package io.tillstream.simulator.page;

import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/** Answers to a browser. */
public final class Pages {
    private static final MediaType HTML = new MediaType(MediaType.TEXT_HTML, StandardCharsets.UTF_8);
    private static final Template FRAME = Template.load("frame.html");
    private static final String STYLE = Template.read("style.css");

    private Pages() {}

    /** A whole page around {@code body}, which is HTML. */
    public static Mono<ServerResponse> page(int status, String title, String body) {
        return ServerResponse.status(status)
                .contentType(HTML)
                .header("Cache-Control", "no-store")
                .bodyValue(FRAME.fill(Map.of("title", title, "style", STYLE, "body", body)));
    }

    /** After a form was sent: the browser goes on with a GET. */
    public static Mono<ServerResponse> goOn(String url) {
        return ServerResponse.seeOther(URI.create(url)).build();
    }

    /** The address with parameters added, before its fragment. */
    public static String with(String url, String query) {
        int fragment = url.indexOf('#');
        String address = fragment < 0 ? url : url.substring(0, fragment);
        String rest = fragment < 0 ? "" : url.substring(fragment);
        return address + (address.contains("?") ? "&" : "?") + query + rest;
    }
}
