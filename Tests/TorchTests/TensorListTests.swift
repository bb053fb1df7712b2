import Testing
import Torch

extension TorchTests {
  /// Operations on lists against the same on single numbers.
  @Suite struct Lists {
    let list: TensorList
    let other: TensorList

    init() throws {
      let parameters = try [Tensor([1, 4] as [Float]), Tensor([9] as [Float])]
      try parameters[0].setRequiresGrad(true)
      list = TensorList(parameters)
      other = try TensorList([Tensor([2, -2] as [Float]), Tensor([4] as [Float])])
    }

    private func values() throws -> [[Float]] { try list.tensors.map { try $0.detach().floats() } }

    @Test func operationsChangeEveryTensorInPlace() throws {
      try list.add(other, times: 0.5)
      #expect(try values() == [[2, 3], [11]])
      try list.scale(by: 2)
      #expect(try values() == [[4, 6], [22]])
      try list.add(-1)
      #expect(try values() == [[3, 5], [21]])
      try list.addProduct(other, other, times: 2)
      #expect(try values() == [[11, 13], [53]])
      try list.addQuotient(other, by: other, times: 3)
      #expect(try values() == [[14, 16], [56]])
      try list.interpolate(towards: other, weight: 0.5)
      #expect(try values() == [[8, 7], [30]])
      try list.copy(from: other)
      #expect(try values() == [[2, -2], [4]])
      try list.addProduct(list, list)
      try list.add(3)
      try list.squareRoot()
      #expect(try values() == [[3, Float(5).squareRoot()], [Float(23).squareRoot()]])
    }

    @Test func aCloneIsAnotherList() throws {
      let clone = try list.clone()
      try clone.scale(by: 0)
      #expect(try values() == [[1, 4], [9]])
      #expect(clone.tensors.allSatisfy { !$0.requiresGrad })
    }

    @Test func listsMustFit() throws {
      try TensorList([]).scale(by: 2)
      #expect(throws: TorchError.self) { try list.add(TensorList([other.tensors[0]])) }
      #expect(throws: TorchError.self) {
        try list.add(TensorList([Tensor([1, 2, 3] as [Float]), other.tensors[1]]))
      }
    }
  }
}
