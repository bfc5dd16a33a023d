package io.tillstream.subscription.catalog;

import com.stripe.param.ProductCreateParams;
import com.stripe.param.ProductUpdateParams;
import com.stripe.param.common.EmptyParam;
import io.tillstream.stripe.StripeCalls;
import io.tillstream.stripe.StripeResult;
import io.tillstream.stripe.StripeSettings;
import java.util.List;
import java.util.UUID;
import org.springframework.stereotype.Component;
import reactor.core.publisher.Mono;
import tools.jackson.databind.JsonNode;

/** Products at Stripe. */
@Component
class StripeProducts {

    private final StripeCalls calls;
    private final String environment;

    StripeProducts(StripeCalls calls, StripeSettings settings) {
        this.calls = calls;
        this.environment = settings.environment();
    }

    /** The Product's id is ours to choose: whoever makes it, there is one. */
    String idOf(String product) {
        return "tillstream_" + environment + "_" + product;
    }

    /** The Product as Stripe sent it; where there is none, as Stripe tells of one that was deleted. */
    Mono<JsonNode> read(String id) {
        return calls.read(
                        "product.read",
                        (stripe, options) -> StripeResultExtractor.json(stripe.v1()
                                .products()
                                .retrieve(id, options)
                                .getLastResponse()
                                .body()))
                .map(answer -> StripeResultExtractor.orDeleted(answer, id));
    }

    /** Only who it is; {@link #tell} says the rest. Refused where the id is taken already. */
    Mono<StripeResult<JsonNode>> create(Plan plan) {
        var params = ProductCreateParams.builder()
                .setId(idOf(plan.product()))
                .setName(plan.name())
                .putMetadata(StripePrices.ENVIRONMENT, environment)
                .putMetadata("product", plan.product())
                .build();
        return calls.write(
                "product",
                plan.product() + ":" + plan.sync().changes() + ":" + plan.sync().tries(),
                (stripe, options) -> StripeResultExtractor.json(stripe.v1()
                        .products()
                        .create(params, options)
                        .getLastResponse()
                        .body()));
    }

    /** Telling it twice is telling it once, so each time has a key of its own: an old one would repeat an old answer. */
    Mono<Void> tell(String productId, Plan plan, List<String> features) {
        var params = ProductUpdateParams.builder().setName(plan.name()).setActive(plan.productActive());
        if (plan.description().isEmpty()) {
            params.setDescription(EmptyParam.EMPTY);
        } else {
            params.setDescription(plan.description());
        }
        if (features.isEmpty()) {
            params.setMarketingFeatures(EmptyParam.EMPTY);
        }
        features.forEach(feature -> params.addMarketingFeature(
                ProductUpdateParams.MarketingFeature.builder().setName(feature).build()));
        return update(productId, params.build());
    }

    /** Stripe archives no price that its product names as the default. */
    Mono<Void> tellDefault(String productId, String priceId) {
        return update(
                productId,
                ProductUpdateParams.builder().setDefaultPrice(priceId).build());
    }

    private Mono<Void> update(String productId, ProductUpdateParams params) {
        return calls.write("product.update", UUID.randomUUID(), (stripe, options) -> stripe.v1()
                        .products()
                        .update(productId, params, options)
                        .getId())
                .map(StripeResultExtractor::done)
                .then();
    }
}
