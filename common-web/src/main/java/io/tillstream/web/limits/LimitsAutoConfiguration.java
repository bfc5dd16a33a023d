package io.tillstream.web.limits;

import io.netty.handler.timeout.WriteTimeoutHandler;
import io.tillstream.web.AllowedUrls;
import io.tillstream.web.Paging;
import io.tillstream.web.WebSettings;
import java.util.concurrent.TimeUnit;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.core.MethodParameter;
import org.springframework.core.Ordered;
import org.springframework.core.annotation.Order;
import org.springframework.util.MultiValueMap;
import org.springframework.web.reactive.BindingContext;
import org.springframework.web.reactive.config.WebFluxConfigurer;
import org.springframework.web.reactive.result.method.HandlerMethodArgumentResolver;
import org.springframework.web.reactive.result.method.annotation.ArgumentResolverConfigurer;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import reactor.core.publisher.Mono;

/** Puts the limits of a request before every handler. */
@AutoConfiguration
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
public class LimitsAutoConfiguration {

    @Bean
    @Order(Ordered.HIGHEST_PRECEDENCE + 10)
    WebFilter requestIds() {
        return new RequestIdFilter();
    }

    /** Before the token check (-100), which reads addresses and headers too; after the gateway's limit of requests (-110). */
    @Bean
    @Order(-105)
    WebFilter requestText() {
        return (exchange, chain) -> {
            RequestTextValidator.checkSpelling(exchange.getRequest());
            if (RequestBodyFilter.isWebhook(exchange.getRequest())) {
                return chain.filter(exchange);
            }
            RequestTextValidator.checkAddress(exchange.getRequest());
            RequestTextValidator.checkHeaders(exchange.getRequest().getHeaders());
            return chain.filter(AcceptHeaderCheck.checked(exchange));
        };
    }

    /** After the token check (-100): nobody without a token makes us read bodies. */
    @Bean
    @Order(0)
    WebFilter requestBody(WebSettings settings) {
        return new RequestBodyFilter(settings);
    }

    /**
     * What a client does not take is not kept for it: no more is read from where an answer comes while the connection
     * is full, and a connection that stays full is closed, with all that hangs on it.
     */
    @Bean
    NettyServerCustomizer slowReaders(WebSettings settings) {
        long millis = settings.writeTimeout().toMillis();
        return server -> server.doOnConnection(
                client -> client.addHandlerLast(new WriteTimeoutHandler(millis, TimeUnit.MILLISECONDS)));
    }

    @Bean
    @ConditionalOnMissingBean
    AllowedUrls allowedUrls(WebSettings settings) {
        return new AllowedUrls(settings.allowedOrigins());
    }

    @Bean
    WebFluxConfigurer pagingArgument() {
        return new WebFluxConfigurer() {
            @Override
            public void configureArgumentResolvers(ArgumentResolverConfigurer configurer) {
                configurer.addCustomResolver(new PagingArgument());
            }
        };
    }

    private static final class PagingArgument implements HandlerMethodArgumentResolver {

        @Override
        public boolean supportsParameter(MethodParameter parameter) {
            return parameter.getParameterType() == Paging.class;
        }

        @Override
        public Mono<Object> resolveArgument(
                MethodParameter parameter, BindingContext binding, ServerWebExchange exchange) {
            MultiValueMap<String, String> query = exchange.getRequest().getQueryParams();
            return Mono.fromSupplier(() -> Paging.read(query.getFirst("limit"), query.getFirst("cursor")));
        }
    }
}
