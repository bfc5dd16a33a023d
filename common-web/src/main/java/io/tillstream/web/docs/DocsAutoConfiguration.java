package io.tillstream.web.docs;

import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.security.SecurityScheme;
import io.tillstream.web.Caller;
import io.tillstream.web.IdempotencyKey;
import io.tillstream.web.Paging;
import org.springdoc.core.utils.SpringDocUtils;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.core.annotation.Order;

/** What the OpenAPI documents of all services have alike: the token, the shape of errors, shared parameters. */
@AutoConfiguration
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
public class DocsAutoConfiguration {

    static final String TOKEN = "token";

    static {
        SpringDocUtils.getConfig().addRequestWrapperToIgnore(Caller.class, IdempotencyKey.class, Paging.class);
    }

    @Bean
    @ConditionalOnMissingBean
    OpenAPI openApi() {
        SecurityScheme token = new SecurityScheme()
                .type(SecurityScheme.Type.HTTP)
                .scheme("bearer")
                .bearerFormat("JWT")
                .description("An OpenID Connect access token; operators have the scope `operator`.");
        return new OpenAPI()
                .info(new Info().title("Tillstream").version("1.0"))
                .components(new Components()
                        .addSecuritySchemes(TOKEN, token)
                        .addSchemas(ProblemSchema.NAME, ProblemSchema.made()));
    }

    @Bean
    CommonResponsesCustomizer errorAnswers() {
        return new CommonResponsesCustomizer();
    }

    @Bean
    RecordSchemas recordSchemas() {
        return new RecordSchemas();
    }

    @Bean
    EnumValuesCustomizer words() {
        return new EnumValuesCustomizer();
    }

    @Bean
    @Order(1)
    PatternCustomizer patterns() {
        return new PatternCustomizer();
    }

    @Bean
    RequestExamples requestExamples() {
        return new RequestExamples();
    }

    @Bean
    @Order(2) // where words are listed, no example is needed
    SharedExamples sharedExamples() {
        return new SharedExamples();
    }

    /** The gateway's leads to the documents of all. */
    @Bean
    @ConditionalOnMissingBean(name = "rootPage")
    ServiceLandingPage rootPage(@Value("${spring.application.name:tillstream}") String service) {
        return new ServiceLandingPage(service);
    }
}
