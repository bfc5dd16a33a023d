package io.tillstream.web.problem;

import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.boot.reactor.netty.NettyServerCustomizer;
import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.Order;
import tools.jackson.databind.json.JsonMapper;

/** Problem JSON instead of Boot's own error answers. */
@AutoConfiguration(
        afterName = "org.springframework.boot.jackson.autoconfigure.JacksonAutoConfiguration",
        beforeName = "org.springframework.boot.webflux.autoconfigure.error.ErrorWebFluxAutoConfiguration")
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
public class ProblemAutoConfiguration {

    @Bean
    DisconnectedClients goneClients() {
        return new DisconnectedClients();
    }

    @Bean
    @Order(-2) // before the handlers of Boot and Spring Cloud Gateway
    ProblemExceptionHandler problemAnswers(JsonMapper json) {
        return new ProblemExceptionHandler(json);
    }

    /** Last of all handlers, so that it sees first what is written. */
    @Bean
    NettyServerCustomizer noHttp(JsonMapper json) {
        MalformedHttpHandler handler = new MalformedHttpHandler(json);
        return server -> server.doOnChannelInit(
                (observer, channel, address) -> channel.pipeline().addLast(handler));
    }
}
