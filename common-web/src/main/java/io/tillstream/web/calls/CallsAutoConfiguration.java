package io.tillstream.web.calls;

import io.netty.channel.ChannelOption;
import io.tillstream.web.WebSettings;
import java.time.Clock;
import java.time.Duration;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.http.client.reactive.ReactorClientHttpConnector;
import org.springframework.web.reactive.function.client.WebClient;
import reactor.netty.http.client.HttpClient;

/** Clients for calls among services. */
@AutoConfiguration(afterName = "org.springframework.boot.webclient.autoconfigure.WebClientAutoConfiguration")
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
public class CallsAutoConfiguration {

    @Bean
    @ConditionalOnMissingBean
    ServiceTokens serviceTokens(WebClient.Builder builder, WebSettings settings, Clock clock) {
        HttpClient http = HttpClient.create()
                .option(ChannelOption.CONNECT_TIMEOUT_MILLIS, 1_000)
                .responseTimeout(Duration.ofSeconds(3));
        WebClient web = builder.clone()
                .clientConnector(new ReactorClientHttpConnector(http))
                .build();
        return new ServiceTokens(web, settings.oidc(), clock);
    }

    @Bean
    @ConditionalOnMissingBean
    InternalCalls internalCalls(WebClient.Builder builder, ServiceTokens tokens) {
        return new InternalCalls(builder, tokens);
    }
}
