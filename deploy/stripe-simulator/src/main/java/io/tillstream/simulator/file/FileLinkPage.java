package io.tillstream.simulator.file;

import io.tillstream.simulator.PublicAddress;
import io.tillstream.simulator.state.Timeline;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.http.MediaType;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;

/** {@code /links/{secret}}: a file for whoever has the address. */
@Configuration(proxyBeanMethods = false)
class FileLinkPage {
    @Bean
    RouterFunction<ServerResponse> fileLinkRoutes(
            Timeline timeline, FileLinks links, FileContents contents, PublicAddress address) {
        return RouterFunctions.route()
                .GET("/links/{secret}", request -> timeline.call(
                                () -> links.file(address.of("/links/" + request.pathVariable("secret")))
                                        .flatMap(contents::of))
                        .flatMap(content -> content.isPresent()
                                ? ServerResponse.ok()
                                        .contentType(MediaType.APPLICATION_OCTET_STREAM)
                                        .bodyValue(content.get())
                                : ServerResponse.notFound().build()))
                .build();
    }
}
