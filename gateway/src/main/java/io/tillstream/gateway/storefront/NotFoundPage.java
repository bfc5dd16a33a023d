package io.tillstream.gateway.storefront;

import io.tillstream.gateway.GatewaySettings;
import io.tillstream.web.Problem;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.core.io.Resource;
import org.springframework.core.io.ResourceLoader;
import org.springframework.core.io.buffer.DataBufferUtils;
import org.springframework.http.CacheControl;
import org.springframework.http.HttpMethod;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.http.server.reactive.ServerHttpRequest;
import org.springframework.http.server.reactive.ServerHttpResponse;
import org.springframework.stereotype.Component;
import org.springframework.web.server.ResponseStatusException;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import org.springframework.web.server.WebFilterChain;
import reactor.core.publisher.Mono;

/** Who mistypes an address in a browser sees the shop, which says that there is no such page; programs get problem JSON. */
@Component
@Order(Ordered.HIGHEST_PRECEDENCE + 30) // inside of what sets the headers of pages, outside of all that may say 404
class NotFoundPage implements WebFilter {

    private static final List<String> PROGRAMS = List.of("/api", "/webhooks", "/actuator", "/v3");
    private static final int PART = 16 * 1024; // bytes; the document is smaller

    private final boolean enabled;
    private final Resource document;

    NotFoundPage(GatewaySettings settings, ResourceLoader resources) {
        this.document = resources.getResource(StorefrontPages.folder(settings) + StorefrontPages.SHOP);
        this.enabled = settings.storefront().enabled();
    }

    @Override
    public Mono<Void> filter(ServerWebExchange exchange, WebFilterChain chain) {
        return enabled && isForPeople(exchange.getRequest())
                ? chain.filter(exchange).onErrorResume(NotFoundPage::isNotFound, missing -> page(exchange))
                : chain.filter(exchange);
    }

    private static boolean isForPeople(ServerHttpRequest request) {
        String path = request.getPath().value();
        return HttpMethod.GET.equals(request.getMethod())
                && PROGRAMS.stream().noneMatch(one -> path.equals(one) || path.startsWith(one + "/"))
                && request.getHeaders().getOrDefault("Accept", List.of()).stream()
                        .anyMatch(accept -> accept.contains(MediaType.TEXT_HTML_VALUE));
    }

    private static boolean isNotFound(Throwable thrown) {
        if (thrown instanceof Problem problem) {
            return problem.status() == HttpStatus.NOT_FOUND.value();
        }
        return thrown instanceof ResponseStatusException status
                && status.getStatusCode().isSameCodeAs(HttpStatus.NOT_FOUND);
    }

    private Mono<Void> page(ServerWebExchange exchange) {
        ServerHttpResponse response = exchange.getResponse();
        response.setStatusCode(HttpStatus.NOT_FOUND);
        response.getHeaders().setContentType(new MediaType(MediaType.TEXT_HTML, StandardCharsets.UTF_8));
        response.getHeaders().setCacheControl(CacheControl.noStore());
        return response.writeWith(DataBufferUtils.read(document, response.bufferFactory(), PART));
    }
}
