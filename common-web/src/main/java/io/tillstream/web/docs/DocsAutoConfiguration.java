package io.tillstream.web.docs;

import io.swagger.v3.oas.models.Components;
import io.swagger.v3.oas.models.OpenAPI;
import io.swagger.v3.oas.models.info.Info;
import io.swagger.v3.oas.models.media.ArraySchema;
import io.swagger.v3.oas.models.media.IntegerSchema;
import io.swagger.v3.oas.models.media.ObjectSchema;
import io.swagger.v3.oas.models.media.Schema;
import io.swagger.v3.oas.models.media.StringSchema;
import io.swagger.v3.oas.models.security.SecurityScheme;
import io.tillstream.web.Caller;
import io.tillstream.web.IdempotencyKey;
import io.tillstream.web.Paging;
import java.util.List;
import org.springdoc.core.utils.SpringDocUtils;
import org.springframework.beans.factory.annotation.Value;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnWebApplication;
import org.springframework.context.annotation.Bean;

/** What the OpenAPI documents of all services have alike: the token, the shape of errors, shared parameters. */
@AutoConfiguration
@ConditionalOnWebApplication(type = ConditionalOnWebApplication.Type.REACTIVE)
public class DocsAutoConfiguration {

    static final String TOKEN = "token";
    static final String PROBLEM = "Problem";

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
                .components(new Components().addSecuritySchemes(TOKEN, token).addSchemas(PROBLEM, problem()));
    }

    @Bean
    ErrorAnswers errorAnswers() {
        return new ErrorAnswers();
    }

    @Bean
    PageSchemas pageSchemas() {
        return new PageSchemas();
    }

    @Bean
    SharedExamples sharedExamples() {
        return new SharedExamples();
    }

    /** The gateway's leads to the documents of all. */
    @Bean
    @ConditionalOnMissingBean(name = "rootPage")
    ServicePage rootPage(@Value("${spring.application.name:tillstream}") String service) {
        return new ServicePage(service);
    }

    private static Schema<?> problem() {
        Schema<Object> field = new ObjectSchema();
        field.addProperty("field", new StringSchema().example("items[0].quantity"));
        field.addProperty("message", new StringSchema().example("must be at least 1"));
        Schema<Object> problem = new ObjectSchema();
        problem.description("RFC 9457; `code` is stable, `errors` names the fields that are wrong.");
        problem.addProperty("type", new StringSchema().example("about:blank"));
        problem.addProperty("title", new StringSchema().example("Unprocessable Content"));
        problem.addProperty("status", new IntegerSchema().example(422));
        problem.addProperty("code", new StringSchema().example("validation-failed"));
        problem.addProperty("detail", new StringSchema().example("Some fields are not valid."));
        problem.addProperty("requestId", new StringSchema());
        problem.addProperty("errors", new ArraySchema().items(field));
        problem.required(List.of("type", "title", "status", "code", "detail", "requestId"));
        return problem;
    }
}
