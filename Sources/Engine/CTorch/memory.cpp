// Matrices in memory owned by the caller, and the memory of tensors.
#include "support.h"

#include <ATen/core/grad_mode.h>
#include <ATen/ops/addmm.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/mm.h>

#include <limits>

/// Fortran BLAS, if LibTorch was built with one and exports it.
extern "C" __attribute__((weak)) void sgemm_(
    const char *transa, const char *transb, const int *m, const int *n, const int *k,
    const float *alpha, const float *a, const int *lda, const float *b, const int *ldb,
    const float *beta, float *c, const int *ldc);

using namespace ctorch;

namespace {

void checkMemory(const at::Tensor &x, at::ScalarType type) {
  TORCH_CHECK_VALUE(
      x.is_cpu() && x.scalar_type() == type && x.is_contiguous(),
      "the memory of a ", x.scalar_type(), " tensor on ", x.device(), " cannot be read as ", type);
}

at::Tensor tensorOf(const ct_matrix &matrix, int64_t rows, int64_t columns) {
  auto *values = const_cast<float *>(matrix.values);
  if (!matrix.transposed) return at::from_blob(values, {rows, columns}, {matrix.stride, 1}, at::kFloat);
  return at::from_blob(values, {columns, rows}, {matrix.stride, 1}, at::kFloat).t();
}

/// The fallback if there is no BLAS to call.
void gemmByATen(
    const ct_matrix &a, const ct_matrix &b, float beta, float *c, int64_t rows, int64_t columns,
    int64_t inner) {
  at::NoGradGuard noGrad;
  auto result = at::from_blob(c, {rows, columns}, at::kFloat);
  auto left = tensorOf(a, rows, inner);
  auto right = tensorOf(b, inner, columns);
  if (beta == 0) {
    at::mm_out(result, left, right);
  } else {
    at::addmm_out(result, result, left, right, beta);
  }
}

}  // namespace

ct_status ct_floats(const ct_tensor *x, float **elements) {
  return guarded([&] {
    checkMemory(x->value, at::kFloat);
    *elements = x->value.mutable_data_ptr<float>();
  });
}

ct_status ct_bytes(const ct_tensor *x, const uint8_t **elements) {
  return guarded([&] {
    checkMemory(x->value, at::kByte);
    *elements = x->value.const_data_ptr<uint8_t>();
  });
}

ct_status ct_gemm(
    ct_matrix a, ct_matrix b, float beta, float *c, int64_t rows, int64_t columns, int64_t inner) {
  return guarded([&] {
    constexpr int64_t limit = std::numeric_limits<int>::max();
    TORCH_CHECK_VALUE(
        rows > 0 && columns > 0 && inner > 0 && rows <= limit && columns <= limit &&
            inner <= limit && a.stride <= limit && b.stride <= limit,
        "matrices of ", rows, ", ", columns, " and ", inner, " cannot be multiplied");
    if (sgemm_ == nullptr) {
      gemmByATen(a, b, beta, c, rows, columns, inner);
      return;
    }
    // Fortran is column-major: c' = b' a'.
    const int m = static_cast<int>(columns), n = static_cast<int>(rows);
    const int k = static_cast<int>(inner);
    const int ldb = static_cast<int>(b.stride), lda = static_cast<int>(a.stride);
    const float one = 1;
    sgemm_(
        b.transposed ? "T" : "N", a.transposed ? "T" : "N", &m, &n, &k, &one, b.values, &ldb,
        a.values, &lda, &beta, c, &m);
  });
}
