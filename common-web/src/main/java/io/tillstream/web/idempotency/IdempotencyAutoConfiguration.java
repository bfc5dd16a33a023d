package io.tillstream.web.idempotency;

import io.tillstream.web.IdempotencyKey;
import io.tillstream.web.WebSettings;
import io.tillstream.web.problem.ProblemExceptionHandler;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.annotation.Qualifier;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.core.MethodParameter;
import org.springframework.core.annotation.Order;
import org.springframework.r2dbc.core.DatabaseClient;
import org.springframework.web.reactive.BindingContext;
import org.springframework.web.reactive.config.WebFluxConfigurer;
import org.springframework.web.reactive.result.method.HandlerMethodArgumentResolver;
import org.springframework.web.reactive.result.method.annotation.ArgumentResolverConfigurer;
import org.springframework.web.reactive.result.method.annotation.RequestMappingHandlerMapping;
import org.springframework.web.server.ServerWebExchange;
import org.springframework.web.server.WebFilter;
import reactor.core.publisher.Mono;

/** Idempotency keys where there is a database, the shield everywhere. */
@AutoConfiguration(
        afterName = {
            "org.springframework.boot.r2dbc.autoconfigure.R2dbcAutoConfiguration",
            "org.springframework.boot.data.r2dbc.autoconfigure.DataR2dbcAutoConfiguration",
            "org.springframework.boot.webflux.autoconfigure.WebFluxAutoConfiguration"
        })
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
public class IdempotencyAutoConfiguration {

    @Configuration(proxyBeanMethods = false)
    @ConditionalOnClass(DatabaseClient.class)
    @ConditionalOnBean(type = "org.springframework.r2dbc.core.DatabaseClient")
    static class WithDatabase {

        @Bean
        IdempotencyKeys idempotencyKeys(DatabaseClient db, WebSettings settings) {
            return new IdempotencyKeys(db, settings);
        }

        @Bean
        IdempotencyCleanUp idempotencyCleanUp(
                IdempotencyKeys keys,
                @Qualifier("requestMappingHandlerMapping") RequestMappingHandlerMapping handlers) {
            return new IdempotencyCleanUp(keys, IdPlace.of(handlers));
        }
    }

    /** After the body was read (0). */
    @Bean
    @Order(10)
    WebFilter idempotentRequests(
            @Qualifier("requestMappingHandlerMapping") RequestMappingHandlerMapping handlers,
            ProblemExceptionHandler problems,
            ObjectProvider<IdempotencyKeys> keys) {
        return new IdempotentRequests(handlers, problems, keys.getIfAvailable());
    }

    @Bean
    WebFluxConfigurer idempotencyKeyArgument() {
        return new WebFluxConfigurer() {
            @Override
            public void configureArgumentResolvers(ArgumentResolverConfigurer configurer) {
                configurer.addCustomResolver(new KeyArgument());
            }
        };
    }

    private static final class KeyArgument implements HandlerMethodArgumentResolver {

        @Override
        public boolean supportsParameter(MethodParameter parameter) {
            return parameter.getParameterType() == IdempotencyKey.class;
        }

        @Override
        public Mono<Object> resolveArgument(
                MethodParameter parameter, BindingContext binding, ServerWebExchange exchange) {
            IdempotencyKey key = exchange.getAttribute(IdempotentRequests.ATTRIBUTE);
            return Mono.just(key == null ? IdempotencyKey.random() : key);
        }
    }
}
