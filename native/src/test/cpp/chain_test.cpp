// Chains of convolutions against their stages one by one.
#include "testing.h"

namespace {

struct Stage {
  volute_convolution call;
  Floats w, bias;
};

Stage stage(const volute_convolution& c, uint32_t seed) {
  return {c, Floats(c.filters * (c.channels / c.groups) * c.kernel_height * c.kernel_width, seed),
          Floats(c.filters, seed + 1)};
}

// The stages one after the other, in memory of their own.
Floats one_by_one(Context& context, std::vector<volute_convolution> stages, const Floats& x) {
  Floats image(x.size());
  std::memcpy(image.get(), x.get(), static_cast<size_t>(x.size()) * 4);
  for (volute_convolution& c : stages) {
    c.call.kind = VOLUTE_CONVOLUTION;
    Floats y(c.batch * c.filters * c.out_height * c.out_width);
    const Floats scratch(volute_scratch(&c.call));
    c.x = image.get(), c.y = y.get(), c.scratch = scratch.get();
    expect(context.run(c) == VOLUTE_OK, "stage");
    image = std::move(y);
  }
  return image;
}

void expect_chain(Context& one, Context& many, const std::vector<volute_convolution>& sizes, bool residual) {
  std::vector<Stage> stages;
  for (const volute_convolution& c : sizes) {
    stages.push_back(stage(c, static_cast<uint32_t>(stages.size()) + 3));
  }
  volute_convolution_chain chain{};
  chain.call.kind = VOLUTE_CONVOLUTION_CHAIN;
  chain.count = static_cast<int64_t>(stages.size());
  std::vector<volute_convolution> calls;
  for (const Stage& each : stages) {
    volute_convolution c = each.call;
    c.call.kind = VOLUTE_CONVOLUTION;
    c.w = each.w.get(), c.bias = each.bias.get();
    c.activation = calls.empty() ? VOLUTE_ACT_RELU6 : VOLUTE_ACT_TANH;
    c.x_last = c.y_last = c.residual_last = 1;
    calls.push_back(c);
  }
  const volute_convolution& end = calls.back();
  const Floats x(calls[0].batch * calls[0].channels * calls[0].height * calls[0].width, 1);
  const int64_t results = end.batch * end.filters * end.out_height * end.out_width;
  const Floats added(results, 2);
  calls.back().residual = residual ? added.get() : nullptr;
  const Floats expected = one_by_one(one, calls, x);
  for (int64_t packed = 0; packed < 2; packed++) {
    std::vector<Floats> filters;
    for (size_t i = 0; i < calls.size(); i++) {
      volute_convolution c = calls[i];
      if (packed) {
        c.call.kind = VOLUTE_PACK_FILTERS;
        filters.emplace_back(volute_scratch(&c.call));
        c.scratch = filters.back().get();
        expect(one.run(c) == VOLUTE_OK, "packing of a stage's filters");
        c.call.kind = VOLUTE_CONVOLUTION;
        c.packed = 1;
      }
      chain.stages[i] = c;
    }
    expect(volute_algorithm(&chain.call) == VOLUTE_BANDS_OF_ROWS, "a chain goes by bands of rows");
    for (Context* context : {&one, &many}) {
      const Floats y(results), scratch(volute_scratch(&chain.call));
      chain.scratch = scratch.get();
      chain.stages[0].x = x.get(), chain.stages[calls.size() - 1].y = y.get();
      expect(context->run(chain) == VOLUTE_OK, "chain");
      expect(y.same(expected), "bands of rows, and threads that share them, change no bit of a chain");
    }
  }
  chain.stages[0].x_last = 0;
  expect(volute_algorithm(&chain.call) == VOLUTE_STAGE_BY_STAGE, "planes go stage by stage");
}

}  // namespace

void test_chain(Context& one, Context& many) {
  const auto points = [](int64_t n, int64_t channels, int64_t height, int64_t width, int64_t filters) {
    return convolution(n, channels, height, width, filters, 1, 1, 0, 1, 1);
  };
  expect_chain(one, many, {points(1, 3, 74, 91, 40), convolution(1, 40, 74, 91, 40, 3, 1, 1, 1, 40), points(1, 40, 74, 91, 5)},
               true);
  expect_chain(one, many, {points(2, 5, 91, 90, 33), convolution(2, 33, 91, 90, 33, 3, 2, 1, 1, 33)}, false);
  // Rows that no result meets, and results that meet padding alone.
  expect_chain(one, many, {points(1, 2, 97, 86, 32), convolution(1, 32, 97, 86, 32, 2, 5, 4, 2, 32)}, true);
  expect_chain(one, many, {convolution(1, 34, 85, 93, 34, 5, 1, 2, 1, 34), points(1, 34, 85, 93, 17)}, false);
  volute_convolution_chain few{};
  few.call.kind = VOLUTE_CONVOLUTION_CHAIN;
  few.count = 2;
  few.stages[0] = points(1, 3, 20, 20, 40), few.stages[1] = convolution(1, 40, 20, 20, 40, 3, 1, 1, 1, 40);
  expect(volute_algorithm(&few.call) == VOLUTE_ONE_WAY, "a chain with little between its stages is none");
}
