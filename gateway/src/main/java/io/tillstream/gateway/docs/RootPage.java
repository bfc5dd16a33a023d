package io.tillstream.gateway.docs;

import io.swagger.v3.oas.annotations.Hidden;
import java.net.URI;
import org.springframework.http.HttpStatus;
import org.springframework.http.ResponseEntity;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** Who opens the gateway's address sees what it answers. */
@RestController
@Hidden
class RootPage {

    private static final URI DOCS = URI.create("/docs");

    @GetMapping("/")
    Mono<ResponseEntity<Void>> root() {
        return Mono.just(ResponseEntity.status(HttpStatus.FOUND).location(DOCS).build());
    }
}
