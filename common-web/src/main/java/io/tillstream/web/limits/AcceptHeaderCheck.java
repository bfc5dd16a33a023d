package io.tillstream.web.limits;

import io.tillstream.web.Problem;
import java.util.List;
import java.util.Set;
import org.springframework.http.HttpHeaders;
import org.springframework.http.HttpMethod;
import org.springframework.http.InvalidMediaTypeException;
import org.springframework.http.MediaType;
import org.springframework.web.server.ServerWebExchange;

/**
 * What a client takes for an answer, decided before anything acts. Spring looks at {@code Accept} when it writes the answer:
 * by then the money has moved, and a refusal would say that nothing was done.
 */
final class AcceptHeaderCheck {

    private static final int MOST = 50; // Spring's sort takes no more, and fails

    private static final Set<HttpMethod> READS =
            Set.of(HttpMethod.GET, HttpMethod.HEAD, HttpMethod.OPTIONS, HttpMethod.TRACE);

    private AcceptHeaderCheck() {}

    /** The exchange to go on with: what acts is asked for JSON from here on, so that nothing is left to negotiate. */
    static ServerWebExchange checked(ServerWebExchange exchange) {
        List<String> accept = exchange.getRequest().getHeaders().getOrDefault(HttpHeaders.ACCEPT, List.of());
        if (accept.isEmpty()) {
            return exchange;
        }
        List<MediaType> types = parsed(accept);
        boolean reads = READS.contains(exchange.getRequest().getMethod());
        if (types.size() > MOST || !(reads || takesAnswers(types))) {
            throw Problem.notAcceptable();
        }
        return reads ? exchange : askedForJson(exchange);
    }

    private static List<MediaType> parsed(List<String> accept) {
        try {
            return MediaType.parseMediaTypes(accept);
        } catch (InvalidMediaTypeException e) {
            throw Problem.notAcceptable();
        }
    }

    private static boolean takesAnswers(List<MediaType> types) {
        return types.isEmpty() || types.stream().anyMatch(type -> type.getQualityValue() > 0 && takesAnswer(type));
    }

    /** Of all that is no read, what was done is JSON; who takes the words of a refusal only does not take that. */
    private static boolean takesAnswer(MediaType type) {
        boolean anyJson = type.isWildcardSubtype()
                && type.includes(MediaType.APPLICATION_PROBLEM_JSON); // as in application/*+json
        return anyJson || type.includes(MediaType.APPLICATION_JSON);
    }

    private static ServerWebExchange askedForJson(ServerWebExchange exchange) {
        return exchange.mutate()
                .request(request -> request.headers(
                        (HttpHeaders headers) -> headers.setAccept(List.of(MediaType.APPLICATION_JSON))))
                .build();
    }
}
