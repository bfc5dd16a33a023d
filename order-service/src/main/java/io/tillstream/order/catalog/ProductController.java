package io.tillstream.order.catalog;

import io.swagger.v3.oas.annotations.Operation;
import io.swagger.v3.oas.annotations.tags.Tag;
import io.tillstream.web.Cursor;
import io.tillstream.web.Idempotent;
import io.tillstream.web.Page;
import io.tillstream.web.Paging;
import io.tillstream.web.Problem;
import jakarta.validation.Valid;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.PathVariable;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.PutMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestMapping;
import org.springframework.web.bind.annotation.ResponseStatus;
import org.springframework.web.bind.annotation.RestController;
import reactor.core.publisher.Mono;

/** The catalog: open to everyone to read, to operators to change. */
@RestController
@RequestMapping("/api/products")
@Tag(name = "Products")
class ProductController {

    private final Products products;

    ProductController(Products products) {
        this.products = products;
    }

    @GetMapping
    @Operation(operationId = "listProducts", summary = "What is for sale")
    Mono<Page<ProductJson.Output>> list(Paging paging) {
        return products.forSale(paging.after(), paging.rowsToRead())
                .collectList()
                .map(rows -> Page.of(rows, paging, row -> new Cursor(row.createdAt(), row.id()))
                        .map(ProductJson.Output::of));
    }

    @GetMapping("/{id}")
    @Operation(operationId = "getProduct", summary = "One product")
    Mono<ProductJson.Output> one(@PathVariable String id) {
        return products.find(id)
                .filter(Product::active)
                .map(ProductJson.Output::of)
                .switchIfEmpty(Mono.error(Problem::notFound));
    }

    @PostMapping
    @Idempotent(required = false)
    @ResponseStatus(HttpStatus.CREATED)
    @Operation(operationId = "createProduct", summary = "Adds a product (operators)")
    Mono<ProductJson.Output> add(@Valid @RequestBody ProductJson.Input input) {
        String id = input.checked().slug();
        return products.add(id, input)
                .filter(added -> added)
                .switchIfEmpty(Mono.error(
                        () -> Problem.conflict("product-exists", "There is a product with this id already.")))
                .flatMap(added -> products.find(id))
                .map(ProductJson.Output::of);
    }

    @PutMapping("/{id}")
    @Operation(
            operationId = "replaceProduct",
            summary = "Changes a product; orders keep the price they were placed at (operators)")
    Mono<ProductJson.Output> replace(@PathVariable String id, @Valid @RequestBody ProductJson.Input input) {
        if (input.id() != null && !input.id().equals(id)) {
            throw Problem.invalid("id", "cannot be changed");
        }
        return products.replace(id, input.checked())
                .filter(replaced -> replaced)
                .switchIfEmpty(Mono.error(Problem::notFound))
                .flatMap(replaced -> products.find(id))
                .map(ProductJson.Output::of);
    }
}
