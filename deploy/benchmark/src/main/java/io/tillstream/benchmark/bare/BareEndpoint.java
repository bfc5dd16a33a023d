package io.tillstream.benchmark.bare;

import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.boot.context.event.ApplicationReadyEvent;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.kafka.core.KafkaTemplate;
import org.springframework.web.reactive.function.server.RouterFunction;
import org.springframework.web.reactive.function.server.RouterFunctions;
import org.springframework.web.reactive.function.server.ServerResponse;
import reactor.core.publisher.Mono;

/** Sends each body to Kafka, and answers when all replicas have it. */
@Configuration(proxyBeanMethods = false)
@EnableAutoConfiguration
public class BareEndpoint {
    public static void main(String[] arguments) {
        SpringApplication application = new SpringApplication(BareEndpoint.class);
        application.addListeners((ApplicationReadyEvent event) -> System.out.println("ready"));
        var unused = application.run(arguments);
    }

    @Bean
    RouterFunction<ServerResponse> route(KafkaTemplate<String, byte[]> kafka, @Value("${topic}") String topic) {
        return RouterFunctions.route()
                .POST("/webhooks", request -> request.bodyToMono(byte[].class)
                        .flatMap(body -> Mono.fromFuture(kafka.send(topic, body)))
                        .flatMap(kept -> ServerResponse.ok().build()))
                .build();
    }
}
